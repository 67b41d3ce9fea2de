using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Metrics;
using StockAspire.Otlp.Traces;

namespace StockAspire.Otlp.Wire;

/// <summary>An export request, read and ready to be stored. Only the list of its signal has anything.</summary>
/// <param name="Size">Bytes of the request.</param>
internal sealed record DecodedMessage(Signal Signal, int Size)
{
    public List<Span> Spans { get; } = [];

    public List<LogEntry> Logs { get; } = [];

    public List<ReceivedMetric> Metrics { get; } = [];

    /// <summary>Items that are not valid by the protocol or of a kind that is not kept.</summary>
    public int Rejected { get; set; }

    /// <summary>Items to be stored.</summary>
    public int Count => Spans.Count + Logs.Count + Metrics.Sum(metric => metric.Points.Count);
}
