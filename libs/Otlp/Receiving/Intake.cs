using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using StockAspire.Otlp.Forwarding;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Receiving;

/// <summary>
/// Takes export requests from any number of connections and stores them on one thread. A request is read by the caller,
/// who learns what was wrong with it; what waits to be read or stored is bounded in bytes, and what finds no room is
/// dropped and counted rather than waited for: telemetry must never hold up who sends it.
/// </summary>
internal sealed class Intake(TelemetryStore store, Forwarder forwarder) : BackgroundService
{
    /// <summary>What a request costs beside its bytes, so that a flood of empty ones is bounded too.</summary>
    private const int MessageOverhead = 1024;

    private readonly ByteBudget _budget = new(store.Limits.MaxIntakeBytes);
    private readonly MessageDecoder _decoder = new(store.Limits, store.Resources);
    private readonly Channel<DecodedMessage> _queue = Channel.CreateUnbounded<DecodedMessage>(new UnboundedChannelOptions { SingleReader = true });

    /// <exception cref="MalformedMessageException">It is no export request of that signal; nothing of it is stored.</exception>
    public ExportResult Receive(Signal signal, byte[] message)
    {
        var counters = store.Counters(signal);
        if (!_budget.TryTake(MessageOverhead + message.Length))
        {
            var count = MessageWalk.CountItems(signal, message);
            counters.DroppedAtIntake(count);
            forwarder.Offer(signal, message, count);
            return new ExportResult(count, "The dashboard takes in less than it is sent; these were dropped.");
        }

        DecodedMessage? decoded = null;
        try
        {
            decoded = _decoder.Decode(signal, message);
        }
        finally
        {
            if (decoded is null || !_queue.Writer.TryWrite(decoded))
            {
                _budget.Return(MessageOverhead + message.Length);
            }
        }

        forwarder.Offer(signal, message, decoded.Count + decoded.Rejected);
        counters.Rejected(decoded.Rejected);
        return decoded.Rejected == 0 ? ExportResult.All : new ExportResult(decoded.Rejected, Unusable(signal));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            store.Add(message);
            _budget.Return(MessageOverhead + message.Size);
        }
    }

    private static string Unusable(Signal signal) => signal switch
    {
        Signal.Traces => "A span needs a trace id of 16 and a span id of 8 bytes, not all zero.",
        Signal.Metrics => "A data point needs a time, a finite value and one bucket more than bounds, at most 512; sums need a temporality; summaries are not kept.",
        _ => "Not valid.",
    };
}
