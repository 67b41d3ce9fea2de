using System.Diagnostics.Metrics;

namespace StockAspire.Ingest;

/// <summary>The measurements of this service; none has a symbol or a sequence as a tag.</summary>
internal sealed class IngestMetrics
{
    private readonly Counter<long> _ticks;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _seals;
    private readonly Counter<long> _sent;
    private readonly UpDownCounter<long> _inFlight;

    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(IngestTelemetry.Name);
        _ticks = meter.CreateCounter<long>("stockaspire.ingest.ticks", "{tick}", "Rows sealed, rejected ones not counted.");
        _rejected = meter.CreateCounter<long>("stockaspire.ingest.rejected", "{tick}", "Rows that became dead letters.");
        _seals = meter.CreateCounter<long>("stockaspire.ingest.seals", "{seal}", "Seals written; a growing one counts each time.");
        _sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records that Kafka acknowledged.");
        _inFlight = meter.CreateUpDownCounter<long>("stockaspire.ingest.in_flight", "{tick}", "Rows taken in and not yet sealed.");
    }

    public void TakenIn(int rows) => _inFlight.Add(rows);

    public void Sealed(int rows, int rejected, int records)
    {
        _inFlight.Add(-rows);
        _ticks.Add(rows - rejected);
        _sent.Add(records);
        if (rejected > 0)
        {
            _rejected.Add(rejected);
        }
    }

    /// <summary>Rows whose session ended before they were sealed.</summary>
    public void Abandoned(int rows) => _inFlight.Add(-rows);

    public void SealsWritten(int count) => _seals.Add(count);
}
