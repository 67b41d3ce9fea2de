using CsCheck;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Protocol;

/// <summary>Whatever bytes come: they are read, or refused as malformed. Nothing else is thrown, and nothing large is allocated for them.</summary>
public sealed class HostileBytesTests
{
    /// <summary>Most end in an exception, at 20 us each for 15 readers.</summary>
    private static readonly long Count = TestRun.IsLong ? 20_000 : 1_000;

    /// <summary>Bodies that are right, to be broken at one or two places.</summary>
    private static readonly string[] Bodies =
    [
        "00000001",
        "00000002 00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D 00000002 00000004 00000007 00000001 'x' FFFFFFFF 00000000",
        "00000002 00000003 00000001 00000002 ABCD 0002 'ks' 0001 't' 0001 'a' 0021 000D 0020 0009 00000001 00000018 00000001 00000001 'k' 0000000C 00000001 00000004 00000007",
        "00000002 00000001 00000001 0002 'ks' 0001 't' 0001 'u' 0030 0002 'ks' 0001 'u' 0002 0001 'a' 0009 0001 'b' 000D 00000001 00000008 00000004 00000007",
        "00000002 00000001 00000001 0002 'ks' 0001 't' 0001 'v' 0000 004F 'org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.UTF8Type,2)' 00000001 00000004 01 'a' 01 'b'",
        "00000003 0002 'ks'",
        "00000005 0007 'DROPPED' 0008 'FUNCTION' 0002 'ks' 0001 'f' 0001 0003 'int'",
        "00000004 0002 CAFE 00000001 00000002 00000001 0000 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D 00000001 00000001 0002 'ks' 0001 't' 0001 'c' 0002",
        "00001300 0001 'm' 0001 00000000 00000001 00000001 04 7F000001 0001 01",
        "000D 'STATUS_CHANGE' 0004 'DOWN' 04 7F000001 00002352",
        "0002 CAFE 0006 3F 0003 00000001 07 FFFFFFFF FFFFFFFE 00001388 00000002 ABCD 0009 0000000000000102",
        "01 0002 01 0002 CAFE 0001 00000001 07 00 00000001 'Q' 0000 0004 20 0000000000000102",
    ];

    private static readonly byte[] Edges = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];

    private static readonly Gen<byte[]> Random = Gen.Byte.Array[0, 200];

    private static readonly Gen<byte[]> Broken = Gen.Select(Gen.Int[0, Bodies.Length - 1], Gen.Select(Gen.Int[0, 1000], Gen.Int[0, Edges.Length - 1].Select(i => Edges[i])).Array[1, 3], Gen.Int[0, 1000])
        .Select((body, changes, cut) =>
        {
            var bytes = Hex.Bytes(Bodies[body]);
            foreach (var (position, value) in changes)
                bytes[position % bytes.Length] = value;
            return cut < 300 ? bytes[..(cut % bytes.Length)] : bytes;
        });

    [Fact]
    public void Readers_ReadOrRefuse()
    {
        Random.Sample(bytes => ReadAll(bytes), iter: Count, threads: 1);
        Broken.Sample(bytes => ReadAll(bytes), iter: Count, threads: 1);
    }

    [Fact]
    public void RightBodies_AreRead()
    {
        foreach (var body in Bodies)
            Assert.Contains(Readers(), reader => TryRead(reader, Hex.Bytes(body)));
    }

    private static bool ReadAll(byte[] bytes)
    {
        foreach (var reader in Readers())
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            TryRead(reader, bytes);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        }

        return true;
    }

    private static bool TryRead(Action<byte[]> reader, byte[] bytes)
    {
        try
        {
            reader(bytes);
            return true;
        }
        catch (CqlProtocolException)
        {
            return false;
        }
    }

    private static IEnumerable<Action<byte[]>> Readers() =>
    [
        bytes => ReadResult(bytes, FrameFlags.None),
        bytes => ReadResult(bytes, FrameFlags.Warning | FrameFlags.CustomPayload | FrameFlags.Tracing),
        bytes => { var reader = new BodyReader(bytes); reader.ReadInt32(); PreparedResult.Read(ref reader, bytes, ProtocolVersion.V4); },
        bytes => { var reader = new BodyReader(bytes); PreparedResult.Read(ref reader, bytes, ProtocolVersion.V5); },
        bytes => { var reader = new BodyReader(bytes); CqlError.Read(ref reader, ProtocolVersion.V4); },
        bytes => { var reader = new BodyReader(bytes); CqlError.Read(ref reader, ProtocolVersion.V5); },
        bytes => { var reader = new BodyReader(bytes); EventResponse.Read(ref reader); },
        bytes => { var reader = new BodyReader(bytes); SupportedResponse.Read(ref reader); },
        bytes => { var reader = new BodyReader(bytes); AuthenticateResponse.Read(ref reader); },
        bytes => { var reader = new BodyReader(bytes); AuthTokenResponse.Read(ref reader); },
        bytes => QueryRequest.Read(bytes, ProtocolVersion.V4),
        bytes => ExecuteRequest.Read(bytes, ProtocolVersion.V4),
        bytes => ExecuteRequest.Read(bytes, ProtocolVersion.V5),
        bytes => BatchRequest.Read(bytes, ProtocolVersion.V4),
        bytes => FrameHeader.TryRead(bytes, 1024, out _),
    ];

    private static void ReadResult(byte[] bytes, FrameFlags flags)
    {
        // Without Dispose: the array is the test's, not the pool's.
        var result = CqlResult.Read(new ResponseBody(new FrameHeader(ProtocolVersion.V4, true, flags, 0, Opcode.Result, bytes.Length), bytes, bytes.Length), null);
        foreach (var row in result)
        {
            for (var i = 0; i < row.Count; i++)
                Walk(row[i], 0);
        }
    }

    private static void Walk(CqlValue value, int depth)
    {
        if (value.IsNull || depth > CqlType.DepthMax)
            return;

        switch (value.Type.Code)
        {
            case CqlTypeCode.Int:
                value.GetInt();
                break;
            case CqlTypeCode.Varint:
                value.GetVarint();
                break;
            case CqlTypeCode.Decimal:
                value.GetDecimal();
                break;
            case CqlTypeCode.Duration:
                value.GetDuration();
                break;
            case CqlTypeCode.Inet:
                value.GetInet();
                break;
            case CqlTypeCode.Text:
                value.GetText();
                break;
            case CqlTypeCode.List or CqlTypeCode.Set or CqlTypeCode.Vector:
                foreach (var element in value.GetElements())
                    Walk(element, depth + 1);
                break;
            case CqlTypeCode.Map:
                var entries = value.GetMap();
                while (entries.MoveNext())
                {
                    Walk(entries.Key, depth + 1);
                    Walk(entries.Value, depth + 1);
                }

                break;
            case CqlTypeCode.Udt or CqlTypeCode.Tuple:
                foreach (var field in value.GetFields())
                    Walk(field, depth + 1);
                break;
        }
    }
}
