namespace StockAspire.Cql;

/// <summary>native_protocol_v5.spec, 4.2.5.2: ids of types, and of those that travel as the name of a class.</summary>
public enum CqlTypeCode
{
    /// <summary>A class of the server that this client has no reader for: its values are bytes.</summary>
    Custom = 0x0000,
    Ascii = 0x0001,
    Bigint = 0x0002,
    Blob = 0x0003,
    Boolean = 0x0004,
    Counter = 0x0005,
    Decimal = 0x0006,
    Double = 0x0007,
    Float = 0x0008,
    Int = 0x0009,
    Timestamp = 0x000B,
    Uuid = 0x000C,
    Text = 0x000D,
    Varint = 0x000E,
    Timeuuid = 0x000F,
    Inet = 0x0010,
    Date = 0x0011,
    Time = 0x0012,
    Smallint = 0x0013,
    Tinyint = 0x0014,
    Duration = 0x0015,
    List = 0x0020,
    Map = 0x0021,
    Set = 0x0022,
    Udt = 0x0030,
    Tuple = 0x0031,

    /// <summary>On the wire <see cref="Custom"/>, with the name of class <c>VectorType</c>.</summary>
    Vector = 0x10000,
}
