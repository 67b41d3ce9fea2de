namespace StockAspire.Market.Blocks;

/// <summary>What a follower of topic <c>ticks</c> needs of every block, read off three columns: no row is decoded.</summary>
/// <param name="Rows">Ticks.</param>
/// <param name="FirstIngestTimeNs">Ingest time of the first row, ns since the Unix epoch; 0 where the block has none.</param>
/// <param name="NewestEventTimeNs">Highest event time, ns since the Unix epoch; <see cref="long.MinValue"/> without rows.</param>
public readonly record struct TickBlockSummary(int Rows, long FirstIngestTimeNs, long NewestEventTimeNs)
{
    /// <exception cref="TickBlockFormatException">The bytes are no block.</exception>
    public static TickBlockSummary Read(ReadOnlySpan<byte> block)
    {
        var rows = 0;
        var firstIngest = 0L;
        var eventTime = 0L;
        var newest = long.MinValue;
        var reader = new ProtoReader(block, "TickBlock");
        while (reader.NextField(out var field, out var wireType))
        {
            if (wireType != ProtoReader.LengthType)
            {
                reader.Skip(wireType);
                continue;
            }

            var body = reader.Bytes();
            var column = new ProtoReader(body, "TickBlock");
            switch (field)
            {
                case TickBlock.SequenceDelta:
                    foreach (var b in body)
                    {
                        rows += b < 0x80 ? 1 : 0;
                    }

                    break;
                case TickBlock.IngestTimeDelta when !column.AtEnd:
                    firstIngest = column.ZigZag();
                    break;
                case TickBlock.EventTimeDelta:
                    while (!column.AtEnd)
                    {
                        eventTime = unchecked(eventTime + column.ZigZag());
                        newest = Math.Max(newest, eventTime);
                    }

                    break;
                default:
                    break;
            }
        }

        return new TickBlockSummary(rows, firstIngest, newest);
    }
}
