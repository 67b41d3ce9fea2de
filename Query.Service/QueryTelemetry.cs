using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StockAspire.Query;

internal static class QueryTelemetry
{
    public const string Name = "StockAspire.Query";

    public static readonly ActivitySource Source = new(Name);
}

/// <summary>What happens per tick or block. No symbol and no offset is ever a tag.</summary>
internal sealed class QueryMetrics
{
    private readonly Counter<long> _rows;
    private readonly UpDownCounter<int> _subscriptions;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _badRecords;
    private long _tailLag;

    public QueryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(QueryTelemetry.Name);
        _rows = meter.CreateCounter<long>("stockaspire.query.rows", "{row}", "Ticks given out.");
        _subscriptions = meter.CreateUpDownCounter<int>("stockaspire.query.subscriptions", "{subscription}", "Open subscriptions.");
        _skipped = meter.CreateCounter<long>("stockaspire.query.skipped_rows", "{row}", "Ticks left out for slow readers that chose so.");
        _badRecords = meter.CreateCounter<long>("stockaspire.query.bad_records", "{record}", "Records that are no block of ticks.");
        meter.CreateObservableGauge("stockaspire.query.tail_lag", () => Volatile.Read(ref _tailLag), "{record}", "Records between the tail and the end of the topic.");
    }

    public void RowsOut(int rows, string call) => _rows.Add(rows, new KeyValuePair<string, object?>("rpc.method", call));

    public void SubscriptionOpened() => _subscriptions.Add(1);

    public void SubscriptionClosed() => _subscriptions.Add(-1);

    public void Skipped(int rows) => _skipped.Add(rows);

    public void BadRecord() => _badRecords.Add(1);

    public void TailLag(long records) => Volatile.Write(ref _tailLag, records);
}
