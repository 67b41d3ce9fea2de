namespace StockAspire.Cql;

/// <summary>native_protocol_v4.spec, 4.1.7.</summary>
public enum CqlBatchKind : byte
{
    /// <summary>All or nothing in the end, through the batch log: about twice the work.</summary>
    Logged = 0,

    /// <summary>Rows of one partition: one mutation, atomic by itself. Never for several partitions.</summary>
    Unlogged = 1,

    Counter = 2,
}
