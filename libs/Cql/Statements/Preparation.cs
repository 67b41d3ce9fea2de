using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql;

/// <summary>PREPARE as a statement among others: it is tried again like them.</summary>
internal sealed class Preparation : CqlStatement
{
    private readonly string _cql;

    public Preparation(string cql)
    {
        _cql = cql;
        IsIdempotent = true;
    }

    internal override string OperationName => "PREPARE";

    internal override (string? Keyspace, string? Table) Target => default;

    internal override long? Token => null;

    internal override void RequireComplete()
    {
    }

    internal override ValueTask<ResponseBody> SendAsync(CqlConnection connection, StatementRun run, TimeSpan timeout, CancellationToken cancel) =>
        connection.SendAsync(new PrepareRequest(_cql), Flags, timeout, cancel);

    public static PreparedResult Read(ResponseBody body)
    {
        var span = body.Span;
        var reader = new BodyReader(span);
        ResponsePrelude.Read(ref reader, body.Header.Flags);
        var kind = (ResultKind)reader.ReadInt32();
        return kind == ResultKind.Prepared ? PreparedResult.Read(ref reader, span, body.Header.Version) : throw reader.Malformed($"a RESULT of kind {kind} for a PREPARE");
    }
}
