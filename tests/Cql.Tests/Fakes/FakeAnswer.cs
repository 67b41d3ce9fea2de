using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Fakes;

/// <summary>What a fake node says.</summary>
internal sealed record FakeAnswer(Opcode Opcode, Action<GrowingBuffer> Write)
{
    public static readonly FakeAnswer Ready = new(Opcode.Ready, _ => { });

    public static readonly FakeAnswer Void = new(Opcode.Result, body => body.WriteInt32((int)ResultKind.Void));

    public FrameFlags Flags { get; init; }

    public static FakeAnswer Error(CqlError error) => new(Opcode.Error, body => error.Write(body, ProtocolVersion.V4));

    /// <summary>An error with whatever fields its code has.</summary>
    public static FakeAnswer Error(CqlErrorCode code) => Error(new CqlError(code, "made up")
    {
        Consistency = CqlConsistency.Quorum,
        Received = 1,
        Required = 2,
        WriteType = "SIMPLE",
        IsDataPresent = false,
        FailureCount = 1,
        Keyspace = "ks",
        Table = "t",
        Function = "f",
        ArgumentTypes = [],
    });

    public static FakeAnswer Prepared(PreparedResult result) => new(Opcode.Result, body => result.Write(body, ProtocolVersion.V4));

    public static FakeAnswer Rows(CqlColumn[] columns, int count, Action<ValueWriter> row, byte[]? pagingState = null) => new(Opcode.Result, body =>
    {
        body.WriteInt32((int)ResultKind.Rows);
        new RowsMetadata(columns.Length, columns) { PagingState = pagingState }.Write(body, ProtocolVersion.V4);
        body.WriteInt32(count);
        var writer = new ValueWriter(body);
        for (var i = 0; i < count; i++)
        {
            writer.Begin(columns);
            row(writer);
            writer.RequireComplete();
        }
    });

    /// <summary>One row of one int, named v.</summary>
    public static FakeAnswer Int(int value, byte[]? pagingState = null) => Rows([new CqlColumn("ks", "t", "v", CqlType.Native(CqlTypeCode.Int))], 1, row => row.AppendInt(value), pagingState);
}
