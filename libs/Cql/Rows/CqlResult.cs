using System.Net;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql;

/// <summary>
/// What a statement gave: rows (one page of them), or nothing but the word that it is done. Rows are read in place from the frame that
/// brought them, in a rented buffer that goes back at <see cref="Dispose"/>: copy what must outlive it. Not thread-safe.
/// </summary>
public sealed class CqlResult : IDisposable
{
    private readonly int _rowsPosition;
    private ResponseBody _body;

    private CqlResult(ResponseBody body, ResponsePrelude prelude, int rowsPosition)
    {
        _body = body;
        _rowsPosition = rowsPosition;
        TracingId = prelude.TracingId;
        Warnings = prelude.Warnings;
        CustomPayload = prelude.CustomPayload;
    }

    public IReadOnlyList<CqlColumn> Columns => ColumnArray;

    /// <summary>Rows of this page.</summary>
    public int RowCount { get; private init; }

    /// <summary>Where the next page begins; empty after the last. Specific to the statement, its values and the protocol version.</summary>
    public ReadOnlyMemory<byte> PagingState { get; private init; }

    /// <summary>Key of <c>system_traces.sessions</c>, if the statement asked to be traced.</summary>
    public Guid? TracingId { get; }

    /// <summary>What the server wants to be known, such as a batch over several partitions.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public IReadOnlyDictionary<string, byte[]?>? CustomPayload { get; }

    /// <summary>What a CREATE, ALTER or DROP changed; null also if it changed nothing.</summary>
    public CqlSchemaChange? SchemaChange { get; private init; }

    /// <summary>Of a USE.</summary>
    public string? Keyspace { get; private init; }

    /// <summary>The node that answered.</summary>
    public IPEndPoint? Host { get; internal set; }

    /// <summary>Of a prepared statement in version 5: the columns' new identity, if they changed.</summary>
    internal byte[]? NewMetadataId { get; private init; }

    internal CqlColumn[] ColumnArray { get; private init; } = [];

    public CqlRowEnumerator GetEnumerator() => new(_body.Span[_rowsPosition..], RowCount, ColumnArray);

    /// <summary>The position of a column, to be looked up once a page.</summary>
    public int IndexOf(string name)
    {
        var index = Array.FindIndex(ColumnArray, column => column.Name == name);
        return index >= 0 ? index : throw new KeyNotFoundException($"No column {name} among {string.Join(", ", ColumnArray.Select(column => column.Name))}.");
    }

    /// <summary>Whether a conditional statement (<c>IF ...</c>) was applied; true for what has no condition.</summary>
    public bool WasApplied()
    {
        if (ColumnArray.Length == 0 || ColumnArray[0].Name != "[applied]")
            return true;

        var rows = GetEnumerator();
        return rows.MoveNext() && rows.Current[0].GetBoolean();
    }

    public void Dispose()
    {
        _body.Dispose();
        _body = default;
    }

    /// <summary>native_protocol_v4.spec, 4.2.5. Owns <paramref name="body"/> from now on.</summary>
    /// <param name="known">Columns of a prepared statement: v4 sends them again, v5 leaves them out.</param>
    internal static CqlResult Read(ResponseBody body, KnownColumns? known)
    {
        var span = body.Span;
        var reader = new BodyReader(span);
        var prelude = ResponsePrelude.Read(ref reader, body.Header.Flags);
        var kind = (ResultKind)reader.ReadInt32();
        switch (kind)
        {
            case ResultKind.Void:
                return new CqlResult(body, prelude, span.Length);
            case ResultKind.SetKeyspace:
                return new CqlResult(body, prelude, span.Length) { Keyspace = reader.ReadString() };
            case ResultKind.SchemaChange:
                return new CqlResult(body, prelude, span.Length) { SchemaChange = CqlSchemaChange.Read(ref reader) };
            case ResultKind.Rows:
                var metadata = RowsMetadata.Read(ref reader, span, known);
                var columns = metadata.Columns ?? known?.Columns ?? throw reader.Malformed("rows without the columns that were asked for");
                if (columns.Length != metadata.ColumnCount)
                    throw reader.Malformed($"rows of {metadata.ColumnCount} columns, expected {columns.Length},");

                return new CqlResult(body, prelude, reader.Position + sizeof(int))
                {
                    RowCount = reader.Count(reader.ReadInt32(), columns.Length * sizeof(int), "rows"),
                    ColumnArray = columns,
                    PagingState = metadata.PagingState,
                    NewMetadataId = metadata.NewMetadataId,
                };
            default:
                throw reader.Malformed($"a RESULT of kind {(int)kind}");
        }
    }
}
