using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StockAspire.TickStore;

/// <summary>Meter <c>StockAspire.TickStore</c>. Thread-safe.</summary>
internal sealed class TickStoreMetrics : IDisposable
{
    private readonly string _system;
    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _written;
    private readonly Counter<long> _read;

    /// <param name="factory">Null for a meter of its own.</param>
    /// <param name="system">Value of <c>db.system.name</c>.</param>
    public TickStoreMetrics(IMeterFactory? factory, string system)
    {
        _system = system;
        _ownsMeter = factory is null;
        _meter = factory?.Create(TickStoreTelemetry.Name) ?? new Meter(TickStoreTelemetry.Name);

        // Boundaries of the OpenTelemetry database conventions.
        _duration = _meter.CreateHistogram(
            "db.client.operation.duration",
            "s",
            "Duration of one transaction, page or look-up.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });
        _written = _meter.CreateCounter<long>("stockaspire.tickstore.rows.written", "{row}", "Rows committed, replays among them.");
        _read = _meter.CreateCounter<long>("stockaspire.tickstore.rows.read", "{row}", "Rows given to readers.");
    }

    public void RowsWritten(int count) => _written.Add(count);

    public void RowsRead(int count) => _read.Add(count);

    /// <param name="startTimestamp">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Operation(string operation, long startTimestamp, Exception? exception)
    {
        var tags = new TagList
        {
            { "db.system.name", _system },
            { "db.operation.name", operation },
        };
        if (exception is not null)
            tags.Add("error.type", exception.GetType().Name);
        _duration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, tags);
    }

    public void Dispose()
    {
        // A factory keeps its meters for whoever asks next.
        if (_ownsMeter)
            _meter.Dispose();
    }
}
