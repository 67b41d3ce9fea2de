using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Protocol;

public sealed class ResponseTests
{
    [Fact]
    public void Authenticate()
    {
        const string Bytes = "0003 'A.B'";
        var reader = new BodyReader(Hex.Bytes(Bytes));
        var response = AuthenticateResponse.Read(ref reader);
        Assert.Equal("A.B", response.Authenticator);
        Hex.AssertEqual(Bytes, Hex.Written(response.Write));
    }

    [Theory]
    [InlineData("FFFFFFFF", null)]
    [InlineData("00000002 0102", "0102")]
    public void AuthToken(string bytes, string? token)
    {
        var reader = new BodyReader(Hex.Bytes(bytes));
        var response = AuthTokenResponse.Read(ref reader);
        Assert.Equal(token, response.Token is null ? null : Hex.Of(response.Token));
        Hex.AssertEqual(bytes, Hex.Written(response.Write));
    }

    [Fact]
    public void Supported()
    {
        const string Bytes = "0001 000B 'COMPRESSION' 0002 0006 'snappy' 0003 'lz4'";
        var reader = new BodyReader(Hex.Bytes(Bytes));
        var response = SupportedResponse.Read(ref reader);
        Assert.Equal(["snappy", "lz4"], response.Options["COMPRESSION"]);
        Hex.AssertEqual(Bytes, Hex.Written(response.Write));
    }

    public static TheoryData<string, string> Events => new()
    {
        { "000F 'TOPOLOGY_CHANGE' 0008 'NEW_NODE' 04 7F000001 00002352", "TOPOLOGY_CHANGE NEW_NODE 127.0.0.1:9042" },
        { "000D 'STATUS_CHANGE' 0004 'DOWN' 10 00000000000000000000000000000001 00002352", "STATUS_CHANGE DOWN [::1]:9042" },
        { "000D 'SCHEMA_CHANGE' 0007 'CREATED' 0008 'KEYSPACE' 0002 'ks'", "SCHEMA_CHANGE CREATED KEYSPACE ks." },
        { "000D 'SCHEMA_CHANGE' 0007 'UPDATED' 0005 'TABLE' 0002 'ks' 0001 't'", "SCHEMA_CHANGE UPDATED TABLE ks.t" },
        { "000D 'SCHEMA_CHANGE' 0007 'DROPPED' 0008 'FUNCTION' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'", "SCHEMA_CHANGE DROPPED FUNCTION ks.f(int, text)" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_ReadsAndWrites(string bytes, string expected)
    {
        var reader = new BodyReader(Hex.Bytes(bytes));
        var response = EventResponse.Read(ref reader);
        var actual = response.Schema is { } schema
            ? $"{response.Type} {schema.Change} {schema.Target} {schema.Keyspace}.{schema.Name}" + (schema.ArgumentTypes.Count > 0 ? $"({string.Join(", ", schema.ArgumentTypes)})" : "")
            : $"{response.Type} {response.Change} {response.Node}";
        Assert.Equal(expected, actual);
        Hex.AssertEqual(bytes, Hex.Written(response.Write));
    }

    // kind, id, flags, 2 columns, 1 key index (0), global table, variables a int and b text; result: flags, 1 column
    [Theory]
    [InlineData(4, "0002 CAFE           00000001 00000002 00000001 0000  0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D  00000001 00000001 0002 'ks' 0001 't' 0001 'c' 0002")]
    [InlineData(5, "0002 CAFE 0002 BEEF 00000001 00000002 00000001 0000  0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D  00000001 00000001 0002 'ks' 0001 't' 0001 'c' 0002")]
    public void Prepared(byte version, string bytes)
    {
        var body = Hex.Bytes(bytes);
        var reader = new BodyReader(body);
        var result = PreparedResult.Read(ref reader, body, (ProtocolVersion)version);

        Assert.Equal([0], result.PartitionKeyIndexes);
        Assert.Equal(["a int", "b text"], result.Variables.Select(variable => $"{variable.Name} {variable.Type}"));
        Assert.Equal("c bigint", string.Join(", ", result.ResultColumns.Select(column => $"{column.Name} {column.Type}")));
        Hex.AssertEqual("00000004 " + bytes, Hex.Written(buffer => result.Write(buffer, (ProtocolVersion)version)));
    }

    [Fact]
    public void Prepared_KeyIndexBeyondTheVariables_IsRefused()
    {
        var body = Hex.Bytes("0001 AA 00000000 00000001 00000001 0001");
        Assert.Throws<CqlProtocolException>(() =>
        {
            var reader = new BodyReader(body);
            PreparedResult.Read(ref reader, body, ProtocolVersion.V4);
        });
    }

    [Fact]
    public void Prelude_StandsBeforeTheMessage()
    {
        const string Bytes = "00112233445566778899AABBCCDDEEFF 0001 0004 'warn' 0001 0001 'k' 00000001 07";
        var reader = new BodyReader(Hex.Bytes(Bytes));
        var prelude = ResponsePrelude.Read(ref reader, FrameFlags.Tracing | FrameFlags.Warning | FrameFlags.CustomPayload);

        Assert.Equal(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), prelude.TracingId);
        Assert.Equal(["warn"], prelude.Warnings);
        Assert.Equal("07", Convert.ToHexString(prelude.CustomPayload!["k"]!));
        Assert.Equal(FrameFlags.Tracing | FrameFlags.Warning | FrameFlags.CustomPayload, prelude.Flags);
        Hex.AssertEqual(Bytes, Hex.Written(prelude.Write));
    }

    [Fact]
    public void Endpoint_WithAnImpossiblePort_IsRefused() => Assert.Throws<CqlProtocolException>(() =>
    {
        var reader = new BodyReader(Hex.Bytes("04 7F000001 00010000"));
        return reader.ReadInet();
    });
}
