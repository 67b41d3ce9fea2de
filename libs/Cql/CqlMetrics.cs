using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StockAspire.Cql;

/// <summary>Meter <c>StockAspire.Cql</c>. Thread-safe.</summary>
internal sealed class CqlMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _speculations;
    private readonly Counter<long> _preparations;
    private readonly UpDownCounter<long> _connections;

    public CqlMetrics(IMeterFactory? factory)
    {
        _ownsMeter = factory is null;
        _meter = factory?.Create(CqlTelemetry.Name) ?? new Meter(CqlTelemetry.Name);

        // Boundaries of the OpenTelemetry database conventions.
        _duration = _meter.CreateHistogram(
            "db.client.operation.duration",
            "s",
            "Duration of a request, its retries included.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });
        _retries = _meter.CreateCounter<long>("stockaspire.cql.retries", "{retry}", "Requests tried again, by the reason.");
        _speculations = _meter.CreateCounter<long>("stockaspire.cql.speculations", "{request}", "Requests asked of a second node because the first was slow.");
        _preparations = _meter.CreateCounter<long>("stockaspire.cql.repreparations", "{statement}", "Statements prepared again because a node no longer knew them.");
        _connections = _meter.CreateUpDownCounter<long>("db.client.connection.count", "{connection}", "Open connections.");
    }

    /// <param name="startTimestamp">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Operation(string operation, string? keyspace, string? table, long startTimestamp, Exception? exception)
    {
        if (!_duration.Enabled)
            return;

        var tags = new TagList { { "db.system.name", CqlTelemetry.SystemName }, { "db.operation.name", operation } };
        if (keyspace is not null)
            tags.Add("db.namespace", keyspace);
        if (table is not null)
            tags.Add("db.collection.name", table);
        if (exception is not null)
            tags.Add("error.type", CqlTelemetry.ErrorType(exception));
        _duration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, tags);
    }

    public void Retried(Exception reason) => _retries.Add(1, new KeyValuePair<string, object?>("error.type", CqlTelemetry.ErrorType(reason)));

    public void Speculated() => _speculations.Add(1);

    public void Reprepared() => _preparations.Add(1);

    public void ConnectionOpened() => _connections.Add(1, new KeyValuePair<string, object?>("db.system.name", CqlTelemetry.SystemName));

    public void ConnectionClosed() => _connections.Add(-1, new KeyValuePair<string, object?>("db.system.name", CqlTelemetry.SystemName));

    public void Dispose()
    {
        // A factory keeps its meters for whoever asks next.
        if (_ownsMeter)
            _meter.Dispose();
    }
}
