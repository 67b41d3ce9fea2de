using StockAspire.Market;

namespace StockAspire.TickStore.Sqlite;

/// <summary>A row with its names as numbers, about to be inserted.</summary>
internal struct StagedRow
{
    public long EventTimeNs;
    public long Sequence;
    public long Position;
    public long IngestTimeNs;
    public long PriceE9;
    public long SizeE8;
    public int SymbolId;
    public int SourceId;
    public int VenueId;
    public int ConditionSetId;
    public uint Revision;
    public TickAction Action;
    public AttributeMap? Attributes;
}

/// <summary>
/// Order of the table's key, then position, then arrival: inserts go through the tree from left to right, and of one key
/// in one transaction the first delivery is inserted first.
/// </summary>
internal sealed class StagedRowOrder : IComparer<int>
{
    public StagedRow[] Rows { get; set; } = [];

    public int Compare(int x, int y)
    {
        var order = CompareRows(in Rows[x], in Rows[y]);
        return order != 0 ? order : x.CompareTo(y);
    }

    public static int CompareRows(in StagedRow left, in StagedRow right)
    {
        var order = left.SymbolId.CompareTo(right.SymbolId);
        if (order == 0)
            order = left.EventTimeNs.CompareTo(right.EventTimeNs);
        if (order == 0)
            order = left.SourceId.CompareTo(right.SourceId);
        if (order == 0)
            order = left.Sequence.CompareTo(right.Sequence);
        if (order == 0)
            order = left.Revision.CompareTo(right.Revision);
        return order != 0 ? order : left.Position.CompareTo(right.Position);
    }
}
