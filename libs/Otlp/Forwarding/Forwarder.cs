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
/// requests wait, bounded in bytes; what finds no room is dropped and counted, and nobody waits for it. At the end what
/// still waits is sent to a receiver that takes it at once.
/// </summary>
internal sealed partial class Forwarder(TelemetryStore store, IOptions<OtlpOptions> options, TimeProvider time, ILogger<Forwarder> logger) : BackgroundService
{
    private const int MessageOverhead = 1024;

    /// <summary>The limits that the specification's exporters have by default, or near them.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(30);

    /// <summary>For what waits at the end; half of what a dashboard takes to stop.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private readonly ByteBudget _budget = new(options.Value.ForwardQueueBytes);
    private readonly Channel<ForwardItem> _queue = Channel.CreateUnbounded<ForwardItem>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What was refused once is refused each second: it is told once for each signal and reason.</summary>
    private readonly HashSet<(Signal Signal, StatusCode Status)> _refusals = [];

    /// <summary>Items dropped before the next receiver went away; null while it is there.</summary>
    private long? _droppedBefore;

    public void Offer(Signal signal, byte[] message, int count)
    {
        if (options.Value.ForwardTo is null)
        {
            return;
        }

        if (!_budget.TryTake(MessageOverhead + message.Length) || !_queue.Writer.TryWrite(new ForwardItem(signal, message, count)))
        {
            store.Counters(signal).ForwardDropped(count);
        }
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
        using var drained = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() =>
        {
            _queue.Writer.TryComplete();
            drained.CancelAfter(DrainTime);
        });
        await foreach (var item in _queue.Reader.ReadAllAsync(drained.Token))
        {
            await ForwardAsync(invoker, metadata, item, stoppingToken, drained.Token);
            _budget.Return(MessageOverhead + item.Message.Length);
        }
    }

    /// <summary>Until it is taken, or refused for good.</summary>
    private async Task ForwardAsync(CallInvoker invoker, Metadata metadata, ForwardItem item, CancellationToken stopping, CancellationToken drained)
    {
        for (var backoff = BackoffMin; ; backoff = backoff * 2 < BackoffMax ? backoff * 2 : BackoffMax)
        {
            try
            {
                var call = new CallOptions(metadata, time.GetUtcNow().UtcDateTime + CallTimeout, drained);
                using var export = invoker.AsyncUnaryCall(OtlpMethods.Export(item.Signal), null, call, item.Message);
                await export.ResponseAsync;
                store.Counters(item.Signal).Forwarded(item.Count);
                TellThere();
                return;
            }
            catch (RpcException refused) when (!drained.IsCancellationRequested)
            {
                if (!IsRetryable(refused.StatusCode))
                {
                    store.Counters(item.Signal).ForwardDropped(item.Count);
                    if (_refusals.Add((item.Signal, refused.StatusCode)))
                    {
                        LogRefused(logger, item.Count, item.Signal, refused.StatusCode, refused.Status.Detail);
                    }

                    return;
                }

                TellAway(refused.Status);
                LogRetry(logger, refused.StatusCode, (long)backoff.TotalMilliseconds);
            }

            await Task.Delay(backoff, time, stopping);
        }
    }

    private void TellAway(Status status)
    {
        if (_droppedBefore is null)
        {
            _droppedBefore = Dropped();
            LogAway(logger, status.StatusCode, status.Detail, options.Value.ForwardQueueBytes >> 20);
        }
    }

    private void TellThere()
    {
        if (_droppedBefore is { } before)
        {
            _droppedBefore = null;
            LogThere(logger, Dropped() - before);
        }
    }

    private long Dropped() => Enum.GetValues<Signal>().Sum(signal => store.Counts(signal).ForwardDropped);

    /// <summary>As OTLP lists them (https://opentelemetry.io/docs/specs/otlp/#failures).</summary>
    private static bool IsRetryable(StatusCode code) => code is
        StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.OutOfRange or
        StatusCode.Unavailable or StatusCode.DataLoss or StatusCode.ResourceExhausted;
}
