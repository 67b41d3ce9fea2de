using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql;

/// <summary>
/// A statement that the servers have parsed. One for each text and session, shared and thread-safe: prepare once, bind often. It is
/// prepared again by itself wherever a node does not know it, and takes over what that says of its columns.
/// </summary>
public sealed class PreparedStatement
{
    private volatile PreparedState _state;

    internal PreparedStatement(string cql, PreparedResult result, ProtocolVersion version)
    {
        Cql = cql;
        _state = PreparedState.Of(result, version);
    }

    public string Cql { get; }

    /// <summary>In the order in which values are bound.</summary>
    public IReadOnlyList<CqlColumn> Variables => _state.Result.Variables;

    /// <summary>Of its rows, as far as known: an ALTER TABLE may have changed them. Each page has its own.</summary>
    public IReadOnlyList<CqlColumn> Columns => _state.Columns.Columns;

    /// <summary>Variables that make up the partition key, in its order; empty if it is not bound as a whole.</summary>
    public IReadOnlyList<int> PartitionKeyIndexes => _state.Result.PartitionKeyIndexes;

    /// <summary>What statements bound from it begin with: <see cref="CqlStatement.IsIdempotent"/>.</summary>
    public bool IsIdempotent { get; set; }

    /// <summary>What statements bound from it begin with.</summary>
    public CqlConsistency? Consistency { get; set; }

    internal PreparedState State => _state;

    /// <summary>A statement to append values to; reusable, for one caller at a time.</summary>
    public BoundStatement Bind() => new(this);

    internal void Replace(PreparedResult result, ProtocolVersion version) => _state = PreparedState.Of(result, version);

    /// <summary>Version 5: rows came with other columns, and their identity.</summary>
    internal void ReplaceColumns(byte[] metadataId, CqlColumn[] columns, ProtocolVersion version) =>
        _state = PreparedState.Of(_state.Result with { ResultMetadataId = metadataId, ResultColumns = columns }, version);
}

/// <summary>What the last preparation said. Immutable.</summary>
internal sealed record PreparedState(PreparedResult Result, KnownColumns Columns)
{
    public static PreparedState Of(PreparedResult result, ProtocolVersion version) => new(result, KnownColumns.Of(result.ResultColumns, version));

    public (string? Keyspace, string? Table) Target =>
        Result.Variables.Length > 0 ? (Result.Variables[0].Keyspace, Result.Variables[0].Table) :
        Result.ResultColumns.Length > 0 ? (Result.ResultColumns[0].Keyspace, Result.ResultColumns[0].Table) : default;
}
