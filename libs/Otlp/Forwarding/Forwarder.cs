using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StockAspire.Otlp.Receiving;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Forwarding;

/// <summary>
/// Passes everything received on to another OTLP/gRPC receiver, byte for byte, in order. While that one is away its
/// requests wait, bounded in bytes; what finds no room is dropped and counted, and nobody waits for it.
/// </summary>
internal sealed partial class Forwarder(TelemetryStore store, IOptions<OtlpOptions> options, TimeProvider time, ILogger<Forwarder> logger) : BackgroundService
{
    private const int MessageOverhead = 1024;

    /// <summary>The limits that the specification's exporters have by default, or near them.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(30);

    private readonly ByteBudget _budget = new(options.Value.ForwardQueueBytes);
    private readonly Channel<ForwardItem> _queue = Channel.CreateUnbounded<ForwardItem>(new UnboundedChannelOptions { SingleReader = true });

    public void Offer(Signal signal, byte[] message, int count)
    {
        if (options.Value.ForwardTo is null)
        {
            return;
        }

        if (!_budget.TryTake(MessageOverhead + message.Length))
        {
            store.Counters(signal).ForwardDropped(count);
            return;
        }

        _queue.Writer.TryWrite(new ForwardItem(signal, message, count));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ForwardTo is not { } address)
        {
            return;
        }

        using var channel = GrpcChannel.ForAddress(address);
        var invoker = channel.CreateCallInvoker();
        var metadata = new Metadata();
        foreach (var header in ForwardHeader.Parse(options.Value.ForwardHeaders) ?? [])
        {
            metadata.Add(header.Name, header.Value);
        }

        LogStarted(logger, address);
        await foreach (var item in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            await ForwardAsync(invoker, metadata, item, stoppingToken);
            _budget.Return(MessageOverhead + item.Message.Length);
        }
    }

    /// <summary>Until it is taken, or refused for good.</summary>
    private async Task ForwardAsync(CallInvoker invoker, Metadata metadata, ForwardItem item, CancellationToken cancellationToken)
    {
        for (var backoff = BackoffMin; ; backoff = backoff * 2 < BackoffMax ? backoff * 2 : BackoffMax)
        {
            try
            {
                var call = new CallOptions(metadata, time.GetUtcNow().UtcDateTime + CallTimeout, cancellationToken);
                using var export = invoker.AsyncUnaryCall(OtlpMethods.Export(item.Signal), null, call, item.Message);
                await export.ResponseAsync;
                store.Counters(item.Signal).Forwarded(item.Count);
                return;
            }
            catch (RpcException refused) when (!cancellationToken.IsCancellationRequested)
            {
                if (!IsRetryable(refused.StatusCode))
                {
                    store.Counters(item.Signal).ForwardDropped(item.Count);
                    LogRefused(logger, item.Count, item.Signal, refused.Status.Detail);
                    return;
                }

                LogRetry(logger, refused.StatusCode, (long)backoff.TotalMilliseconds);
            }

            await Task.Delay(backoff, time, cancellationToken);
        }
    }

    /// <summary>As OTLP lists them (https://opentelemetry.io/docs/specs/otlp/#failures).</summary>
    private static bool IsRetryable(StatusCode code) => code is
        StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.OutOfRange or
        StatusCode.Unavailable or StatusCode.DataLoss or StatusCode.ResourceExhausted;
}
