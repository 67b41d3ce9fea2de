using StockAspire.Cql;
using StockAspire.Market;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Cassandra.Writing;

/// <summary>A request that writes rows of one partition. Reused, one request at a time; nothing is allocated for a row.</summary>
internal sealed class TickBatch : IDisposable
{
    /// <summary>Past it the rate of a node hardly rises, and its pauses do.</summary>
    public const int RowsMax = 100;

    /// <summary>Bytes at which a batch takes no further row; a row itself may be longer.</summary>
    public const int SizeMax = 64 * 1024;

    private const long NsPerUs = 1000;

    /// <summary>Of the payload: those that every tick has, and with its venue, conditions, action and attributes.</summary>
    private const int FieldsMin = 4;

    private readonly StoreSession _store;
    private readonly BatchStatement _batch;
    private readonly BoundStatement _single;
    private readonly AttributeJson _attributes = new();
    private CqlStatement _statement;

    public TickBatch(StoreSession store)
    {
        _store = store;
        _batch = new BatchStatement(CqlBatchKind.Unlogged) { IsIdempotent = true, Consistency = store.Consistency };
        _single = store.InsertTick.Bind();
        _statement = _batch;
    }

    /// <summary>Rows taken by the last <see cref="Fill"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Takes as many of the partition's rows as one request may have; how many.</summary>
    /// <param name="rows">Of the call.</param>
    /// <param name="indexes">Those of the partition that are left; at least one.</param>
    public int Fill(in PartitionRows partition, ReadOnlySpan<StoredTick> rows, ReadOnlySpan<int> indexes)
    {
        Rows = 0;
        if (indexes.Length == 1)
        {
            _statement = _single;
            Append(_single.ClearValues(), in partition, in rows[indexes[0]]);
            return Rows = 1;
        }

        _statement = _batch;
        _batch.Clear();
        while (Rows < indexes.Length && Rows < RowsMax && _batch.Size < SizeMax)
            Append(_batch.Add(_store.InsertTick), in partition, in rows[indexes[Rows++]]);
        return Rows;
    }

    public async Task SendAsync(CancellationToken cancellationToken) => (await _store.Cql.ExecuteAsync(_statement, cancellationToken)).Dispose();

    public void Dispose()
    {
        _batch.Dispose();
        _single.Dispose();
    }

    private void Append(ValueWriter values, in PartitionRows partition, in StoredTick row)
    {
        var tick = row.Tick;
        Span<byte> sequence = stackalloc byte[SequenceBytes.SizeMax];
        values.AppendText(partition.Symbol)
            .AppendBigint(partition.Bucket)
            .AppendBigint(tick.EventTimeNs)
            .AppendText(tick.Id.Source)
            .AppendRaw(SequenceBytes.Write(tick.Id.Sequence, sequence))
            .AppendBigint(tick.Revision);
        AppendPayload(values, in row);
        values.AppendBigint(UnixTime.FloorDivide(tick.EventTimeNs, NsPerUs));
    }

    private void AppendPayload(ValueWriter values, in StoredTick row)
    {
        var tick = row.Tick;
        var fields = tick.Attributes.Count > 0 ? FieldsMin + 4
            : tick.Action != TickAction.New ? FieldsMin + 3
            : tick.Conditions.Count > 0 ? FieldsMin + 2
            : tick.Venue.Length > 0 ? FieldsMin + 1
            : FieldsMin;
        values.BeginUdt()
            .AppendBigint(long.MaxValue - row.Position)
            .AppendBigint(tick.IngestTimeNs)
            .AppendBigint(tick.Price.E9)
            .AppendBigint(tick.Size.E8);
        if (fields > FieldsMin)
            AppendVenue(values, tick.Venue);
        if (fields > FieldsMin + 1)
            AppendConditions(values, tick.Conditions);
        if (fields > FieldsMin + 2)
            values.AppendTinyint((sbyte)tick.Action);
        if (fields > FieldsMin + 3)
            values.AppendTextUtf8(_attributes.Encode(tick.Attributes));
        values.End();
    }

    private static void AppendVenue(ValueWriter values, string venue)
    {
        if (venue.Length == 0)
            values.AppendNull();
        else
            values.AppendText(venue);
    }

    private static void AppendConditions(ValueWriter values, ConditionSet conditions)
    {
        if (conditions.Count == 0)
        {
            values.AppendNull();
            return;
        }

        values.BeginList();
        foreach (var condition in conditions.AsSpan())
            values.AppendText(condition);
        values.End();
    }
}
