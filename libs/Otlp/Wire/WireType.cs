namespace StockAspire.Otlp.Wire;

/// <summary>How a protobuf field's value is delimited. Groups, 3 and 4, are not used by OTLP and are refused.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    Fixed32 = 5,
}
