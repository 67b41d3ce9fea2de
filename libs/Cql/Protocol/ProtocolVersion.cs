namespace StockAspire.Cql;

/// <summary>Versions of the native protocol that this client speaks.</summary>
public enum ProtocolVersion : byte
{
    V4 = 4,

    /// <summary>Checksummed segments (CRC24 and CRC32), and result metadata with an identity of its own. Cassandra 4.0 and later.</summary>
    V5 = 5,
}
