using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql;

/// <summary>
/// A text, with values for its question marks if it has any. For schema changes and what runs rarely: it is parsed each time, the
/// types of its values are not checked here, and it is not routed to its partition.
/// </summary>
public sealed class SimpleStatement : CqlStatement
{
    public SimpleStatement(string cql)
    {
        Cql = cql;
        Writer.Begin(null);
    }

    public string Cql { get; }

    /// <summary>Rows of a page; if null, that of <see cref="CqlOptions"/>.</summary>
    public int? PageSize { get; set; }

    /// <summary>In the order of the question marks.</summary>
    public ValueWriter Values => Writer;

    internal override string OperationName => "QUERY";

    internal override (string? Keyspace, string? Table) Target => default;

    internal override long? Token => null;

    public ValueWriter ClearValues()
    {
        Buffer.Clear();
        Writer.Begin(null);
        return Writer;
    }

    internal override void RequireComplete() => Writer.RequireComplete();

    internal override ValueTask<ResponseBody> SendAsync(CqlConnection connection, StatementRun run, TimeSpan timeout, CancellationToken cancel) =>
        connection.SendAsync(
            new QueryRequest(Cql, Parameters(run) with { ValueCount = Writer.Count, Values = Buffer.WrittenMemory, PageSize = PageSize ?? run.PageSize }),
            Flags,
            timeout,
            cancel);
}
