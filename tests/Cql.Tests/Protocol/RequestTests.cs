using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql.Tests.Protocol;

/// <summary>Each request as bytes; and read back, what is read writes the same bytes.</summary>
public sealed class RequestTests
{
    private static void AssertWrites<T>(string expected, T request, ProtocolVersion version, Func<byte[], T> read)
        where T : IRequest
    {
        var bytes = Hex.Written(buffer => request.Write(buffer, version));
        Hex.AssertEqual(expected, bytes);
        Hex.AssertEqual(expected, Hex.Written(buffer => read(bytes).Write(buffer, version)));
    }

    [Fact]
    public void Startup() => AssertWrites(
        "0002 000B 'CQL_VERSION' 0005 '3.0.0' 000B 'COMPRESSION' 0003 'lz4'",
        new StartupRequest(new Dictionary<string, string> { ["CQL_VERSION"] = "3.0.0", ["COMPRESSION"] = "lz4" }),
        ProtocolVersion.V4,
        bytes => { var reader = new BodyReader(bytes); return StartupRequest.Read(ref reader); });

    [Fact]
    public void AuthResponse() => AssertWrites(
        "0000000C 00 'user' 00 'pass' C3B6",
        AuthResponseRequest.Plain("user", "pass\u00F6"),
        ProtocolVersion.V4,
        bytes => { var reader = new BodyReader(bytes); return AuthResponseRequest.Read(ref reader); });

    [Fact]
    public void Options() => AssertWrites("", new OptionsRequest(), ProtocolVersion.V4, _ => new OptionsRequest());

    [Theory]
    [InlineData(4, null, "0000000D 'SELECT * FROM'")]
    [InlineData(5, null, "0000000D 'SELECT * FROM' 00000000")]
    [InlineData(5, "ks", "0000000D 'SELECT * FROM' 00000001 0002 'ks'")]
    public void Prepare(byte version, string? keyspace, string expected) => AssertWrites(
        expected,
        new PrepareRequest("SELECT * FROM", keyspace),
        (ProtocolVersion)version,
        bytes => { var reader = new BodyReader(bytes); return PrepareRequest.Read(ref reader, (ProtocolVersion)version); });

    [Theory]
    [InlineData(4, "00000003 'USE' 0001 00")]
    [InlineData(5, "00000003 'USE' 0001 00000000")]
    public void Query_Plain(byte version, string expected) => AssertWrites(
        expected,
        new QueryRequest("USE", new QueryParameters(CqlConsistency.One)),
        (ProtocolVersion)version,
        bytes => QueryRequest.Read(bytes, (ProtocolVersion)version));

    // consistency, flags, values (count; size 1, 07; null; unset), page size, paging state, serial, timestamp, keyspace in v5
    [Theory]
    [InlineData(4, "00000001 'Q' 0006 3F       0003 00000001 07 FFFFFFFF FFFFFFFE 00001388 00000002 ABCD 0009 0000000000000102")]
    [InlineData(5, "00000001 'Q' 0006 000000BF 0003 00000001 07 FFFFFFFF FFFFFFFE 00001388 00000002 ABCD 0009 0000000000000102 0002 'ks'")]
    public void Query_WithAll(byte version, string expected) => AssertWrites(
        expected,
        new QueryRequest("Q", All()),
        (ProtocolVersion)version,
        bytes => QueryRequest.Read(bytes, (ProtocolVersion)version));

    [Fact]
    public void Query_WithNames_IsRead()
    {
        var bytes = Hex.Bytes("00000001 'Q' 0001 41 0001 0001 'a' 00000001 07");
        Assert.True(QueryRequest.Read(bytes, ProtocolVersion.V4).Parameters.HasNames);
        Assert.Equal(bytes, Hex.Written(buffer => QueryRequest.Read(bytes, ProtocolVersion.V4).Write(buffer, ProtocolVersion.V4)));
    }

    [Theory]
    [InlineData(4, "0002 CAFE          0006 3F       0003 00000001 07 FFFFFFFF FFFFFFFE 00001388 00000002 ABCD 0009 0000000000000102")]
    [InlineData(5, "0002 CAFE 0001 BB  0006 000000BF 0003 00000001 07 FFFFFFFF FFFFFFFE 00001388 00000002 ABCD 0009 0000000000000102 0002 'ks'")]
    public void Execute(byte version, string expected) => AssertWrites(
        expected,
        new ExecuteRequest(Hex.Bytes("CAFE"), Hex.Bytes("BB"), All()),
        (ProtocolVersion)version,
        bytes => ExecuteRequest.Read(bytes, (ProtocolVersion)version));

    // kind, count, [prepared, id, values], [text, values], consistency, flags, timestamp
    [Theory]
    [InlineData(4, "01 0002  01 0002 CAFE 0001 00000001 07  00 00000001 'Q' 0000  0004 20 0000000000000102")]
    [InlineData(5, "01 0002  01 0002 CAFE 0001 00000001 07  00 00000001 'Q' 0000  0004 00000020 0000000000000102")]
    public void Batch(byte version, string expected) => AssertWrites(
        expected,
        new BatchRequest(
            CqlBatchKind.Unlogged,
            2,
            Hex.Bytes("01 0002 CAFE 0001 00000001 07  00 00000001 'Q' 0000"),
            new QueryParameters(CqlConsistency.Quorum) { TimestampUs = 0x102 }),
        (ProtocolVersion)version,
        bytes => BatchRequest.Read(bytes, (ProtocolVersion)version));

    [Fact]
    public void Register() => AssertWrites(
        "0002 000D 'STATUS_CHANGE' 000D 'SCHEMA_CHANGE'",
        new RegisterRequest(["STATUS_CHANGE", "SCHEMA_CHANGE"]),
        ProtocolVersion.V4,
        bytes => { var reader = new BodyReader(bytes); return RegisterRequest.Read(ref reader); });

    private static QueryParameters All() => new(CqlConsistency.LocalQuorum)
    {
        ValueCount = 3,
        Values = Hex.Bytes("00000001 07 FFFFFFFF FFFFFFFE"),
        SkipMetadata = true,
        PageSize = 5000,
        PagingState = Hex.Bytes("ABCD"),
        SerialConsistency = CqlConsistency.LocalSerial,
        TimestampUs = 0x102,
        Keyspace = "ks",
    };
}
