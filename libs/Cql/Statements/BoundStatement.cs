using StockAspire.Cql.Cluster;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql;

/// <summary>A prepared statement with its values.</summary>
public sealed class BoundStatement : CqlStatement
{
    internal BoundStatement(PreparedStatement prepared)
    {
        Prepared = prepared;
        IsIdempotent = prepared.IsIdempotent;
        Consistency = prepared.Consistency;
        Writer.Begin(prepared.Variables);
    }

    public PreparedStatement Prepared { get; }

    /// <summary>Rows of a page; if null, that of <see cref="CqlOptions"/>.</summary>
    public int? PageSize { get; set; }

    /// <summary>For the values, in the order of the variables.</summary>
    public ValueWriter Values => Writer;

    internal override string OperationName => "EXECUTE";

    internal override (string? Keyspace, string? Table) Target => Prepared.State.Target;

    internal override PreparedState? State => Prepared.State;

    internal override long? Token => RoutingKey.Token(Buffer.Written, Prepared.State.Result.PartitionKeyIndexes);

    /// <summary>Forgets the values, for the next ones.</summary>
    public ValueWriter ClearValues()
    {
        Buffer.Clear();
        Writer.Begin(Prepared.Variables);
        return Writer;
    }

    internal override void RequireComplete() => Writer.RequireComplete();

    internal override ValueTask<ResponseBody> SendAsync(CqlConnection connection, StatementRun run, TimeSpan timeout, CancellationToken cancel)
    {
        var state = run.State ?? Prepared.State;
        var parameters = Parameters(run) with
        {
            ValueCount = Writer.Count,
            Values = Buffer.WrittenMemory,
            PageSize = PageSize ?? run.PageSize,

            // Only version 5 tells when the columns are others than those left out.
            SkipMetadata = connection.Version >= ProtocolVersion.V5 && state.Result.ResultColumns.Length > 0,
        };
        return connection.SendAsync(new ExecuteRequest(state.Result.Id, state.Result.ResultMetadataId, parameters), Flags, timeout, cancel);
    }

    internal override PreparedStatement? Find(ReadOnlySpan<byte> id) => Prepared;
}
