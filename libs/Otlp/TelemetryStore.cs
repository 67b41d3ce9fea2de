using Microsoft.Extensions.Options;
using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Metrics;
using StockAspire.Otlp.Traces;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp;

/// <summary>All telemetry that is kept: in memory, bounded, gone with the process. Thread-safe.</summary>
public sealed class TelemetryStore
{
    private readonly SignalCounters[] _counters = [new(), new(), new()];

    public TelemetryStore(IOptions<TelemetryLimits> limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Limits = limits.Value;
        Resources = new ResourceTable(Limits.MaxResourceCount);
        Logs = new LogStore(Limits, Counters(Signal.Logs));
        Traces = new TraceStore(Limits, Counters(Signal.Traces));
        Metrics = new MetricStore(Limits, Counters(Signal.Metrics));
        Resources.Forgotten += Metrics.Forget;
    }

    public TelemetryLimits Limits { get; }

    public ResourceTable Resources { get; }

    public LogStore Logs { get; }

    public TraceStore Traces { get; }

    public MetricStore Metrics { get; }

    public SignalCounts Counts(Signal signal) => Counters(signal).Read();

    internal SignalCounters Counters(Signal signal) => _counters[(int)signal];

    internal void Add(DecodedMessage message)
    {
        if (message.Spans.Count > 0)
        {
            Traces.Add(message.Spans);
        }

        if (message.Logs.Count > 0)
        {
            Logs.Add(message.Logs);
        }

        if (message.Metrics.Count > 0)
        {
            Metrics.Add(message.Metrics);
        }
    }
}
