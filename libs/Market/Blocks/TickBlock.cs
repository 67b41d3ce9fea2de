namespace StockAspire.Market.Blocks;

/// <summary>
/// Message <c>stockaspire.v1.TickBlock</c>, the one format of ticks on the wire, in Kafka, in block storage and in answers:
/// field numbers and limits. See protos/stockaspire/v1/tick.proto.
/// </summary>
public static class TickBlock
{
    public const int RowsMax = 4096;

    /// <summary>Bytes of an encoded block.</summary>
    public const int SizeMax = 256 * 1024;

    internal const int Symbols = 1;
    internal const int Sources = 2;
    internal const int Venues = 3;
    internal const int ConditionSets = 4;
    internal const int SymbolIndex = 5;
    internal const int SourceIndex = 6;
    internal const int VenueIndex = 7;
    internal const int ConditionSetIndex = 8;
    internal const int SequenceDelta = 9;
    internal const int EventTimeDelta = 10;
    internal const int IngestTimeDelta = 11;
    internal const int PriceDelta = 12;
    internal const int SizeColumn = 13;
    internal const int Extras = 14;

    /// <summary>Field numbers of <c>TickExtra</c>.</summary>
    internal static class Extra
    {
        public const int Row = 1;
        public const int Attributes = 2;
        public const int Revision = 3;
        public const int Action = 4;
    }

    /// <summary>Field numbers of <c>AttributeValue</c>.</summary>
    internal static class Attribute
    {
        public const int Number = 1;
        public const int Text = 2;
        public const int Flag = 3;
    }
}
