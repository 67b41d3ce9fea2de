namespace StockAspire.Cql;

/// <summary>What one run of a statement adds to it.</summary>
/// <param name="Consistency">Where the statement has none.</param>
/// <param name="PageSize">Likewise.</param>
/// <param name="State">Of a bound statement: with what its answer is to be read, too.</param>
internal readonly record struct StatementRun(CqlConsistency Consistency, int PageSize, ReadOnlyMemory<byte> PagingState, PreparedState? State);
