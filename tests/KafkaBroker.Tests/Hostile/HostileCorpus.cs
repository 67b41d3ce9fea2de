using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>A real frame without its size, and where in it a record batch lies (-1: none).</summary>
internal sealed record HostileFrame(byte[] Bytes, int BatchStart, int BatchSize);

/// <summary>Real frames of every API in every version, and some that reach further: compressed batches, look-ups by time, long names.</summary>
internal static class HostileCorpus
{
    private const int GzipCodec = 1;
    private const int Lz4Codec = 3;

    public static HostileFrame[] All { get; } = [.. WireVector.All.Values.Select(v => Locate(Bytes(v))), .. Extra().Select(Locate)];

    /// <summary>A batch whose records unfold to <paramref name="size"/> bytes: about a thousand times its own size.</summary>
    public static byte[] Bomb(int size)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            var zeros = new byte[64 * 1024];
            for (var left = size; left > 0; left -= zeros.Length)
            {
                gzip.Write(zeros);
            }
        }

        return Compressed(GzipCodec, compressed.ToArray());
    }

    /// <summary>Produce version 3 of one batch.</summary>
    public static byte[] Produce(string topic, byte[] batch) => Frame(0, 3, body =>
    {
        Write(body, 2, -1); // no transaction
        Write(body, 2, -1); // acks
        Write(body, 4, 1_000);
        Write(body, 4, 1);
        WriteString(body, topic);
        Write(body, 4, 1);
        Write(body, 4, 0);
        Write(body, 4, batch.Length);
        body.Write(batch);
    });

    /// <summary>ListOffsets version 1 of one partition.</summary>
    public static byte[] ListOffsets(string topic, long timestamp, int times = 1) => Frame(2, 1, body =>
    {
        Write(body, 4, -1);
        Write(body, 4, 1);
        WriteString(body, topic);
        Write(body, 4, times);
        for (var i = 0; i < times; i++)
        {
            Write(body, 4, 0);
            Write(body, 8, timestamp);
        }
    });

    /// <summary>Fetch version 4 of partition 0 from its start.</summary>
    public static byte[] Fetch(string topic, int waitMs, int minSize) => Frame(1, 4, body =>
    {
        Write(body, 4, -1);
        Write(body, 4, waitMs);
        Write(body, 4, minSize);
        Write(body, 4, int.MaxValue);
        Write(body, 1, 0);
        Write(body, 4, 1);
        WriteString(body, topic);
        Write(body, 4, 1);
        Write(body, 4, 0);
        Write(body, 8, 0);
        Write(body, 4, int.MaxValue);
    });

    /// <summary>CreateTopics version 2.</summary>
    public static byte[] CreateTopic(string topic, params (string Name, string Value)[] settings) => Frame(19, 2, body =>
    {
        Write(body, 4, 1);
        WriteString(body, topic);
        Write(body, 4, 1);
        Write(body, 2, 1);
        Write(body, 4, 0);
        Write(body, 4, settings.Length);
        foreach (var (name, value) in settings)
        {
            WriteString(body, name);
            WriteString(body, value);
        }

        Write(body, 4, 1_000);
        Write(body, 1, 0);
    });

    public static byte[] Sized(byte[] frame)
    {
        var sized = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(sized, frame.Length);
        frame.CopyTo(sized, 4);
        return sized;
    }

    private static IEnumerable<byte[]> Extra()
    {
        var batch = TestBatch.Create(1, 0, 0, 1_000, ("key", "value"), ("key2", null));
        var records = batch[BatchHeader.Size..];
        foreach (var topic in new[] { "t", "compact" })
        {
            yield return Produce(topic, batch);
            yield return Produce(topic, Compressed(GzipCodec, Gzip(records)));
            yield return Produce(topic, Compressed(Lz4Codec, [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, (byte)records.Length, 0, 0, 0x80, .. records, 0, 0, 0, 0]));
            yield return Produce(topic, Bomb(1 << 20));
            yield return ListOffsets(topic, 1_000);
            yield return ListOffsets(topic, 1_001);
            yield return ListOffsets(topic, 1_000, times: 5);
            yield return Fetch(topic, 0, 1);
            yield return Fetch(topic, 60_000, int.MaxValue);
        }

        var longName = new string('n', short.MaxValue);
        yield return CreateTopic("compact", ("cleanup.policy", "compact"), ("segment.bytes", "65536"));
        yield return CreateTopic("t", ("segment.bytes", "65536"), ("retention.bytes", "1000000"));
        yield return CreateTopic(longName);
        yield return CreateTopic("t", (longName, longName));
        yield return Frame(32, 1, body => { Write(body, 4, 1); Write(body, 1, 2); WriteString(body, longName); Write(body, 4, -1); Write(body, 1, 0); });
        yield return Frame(11, 2, body => JoinGroup(body, longName, "m"));
        yield return Frame(11, 2, body => JoinGroup(body, "g", longName));
        yield return Frame(15, 0, body => { Write(body, 4, 2); WriteString(body, longName); WriteString(body, "g"); });
        yield return Frame(16, 0, _ => { });
    }

    private static void JoinGroup(MemoryStream body, string group, string protocol)
    {
        WriteString(body, group);
        Write(body, 4, 10_000);
        Write(body, 4, 10_000);
        WriteString(body, "");
        WriteString(body, "consumer");
        Write(body, 4, 1);
        WriteString(body, protocol);
        Write(body, 4, 0);
    }

    private static byte[] Compressed(int codec, byte[] payload)
    {
        byte[] batch = [.. TestBatch.Create(("k", "v"))[..BatchHeader.Size], .. payload];
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - BatchHeader.LengthOverhead);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(BatchHeader.CrcStart), (short)codec);
        return TestBatch.WithCrc(batch);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static byte[] Frame(short api, short version, Action<MemoryStream> writeBody)
    {
        var frame = new MemoryStream();
        Write(frame, 2, api);
        Write(frame, 2, version);
        Write(frame, 4, 7);
        WriteString(frame, "x");
        writeBody(frame);
        return frame.ToArray();
    }

    private static void Write(MemoryStream target, int size, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        target.Write(bytes[^size..]);
    }

    private static void WriteString(MemoryStream target, string text)
    {
        Write(target, 2, text.Length);
        target.Write(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>A vector's request; what only a running broker knows is filled with letters.</summary>
    private static byte[] Bytes(WireVector vector)
    {
        var hex = new StringBuilder();
        foreach (var field in vector.Request)
        {
            var text = field.Hex;
            while (text.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
            {
                var close = text.IndexOf('}', StringComparison.Ordinal);
                var size = WireVectorTests.OpenSizes[text[(open + 1)..close]];
                text = text[..open] + string.Concat(Enumerable.Repeat("78", size)) + text[(close + 1)..];
            }

            hex.Append(text);
        }

        return Convert.FromHexString(hex.ToString());
    }

    private static HostileFrame Locate(byte[] frame)
    {
        for (var start = 0; start + BatchHeader.Size <= frame.Length; start++)
        {
            var header = BatchHeader.Read(frame.AsSpan(start));
            if (header.Magic == 2 && header.TotalSize >= BatchHeader.Size && header.TotalSize <= frame.Length - start
                && Crc32C.Compute(frame.AsSpan(start + BatchHeader.CrcStart, (int)header.TotalSize - BatchHeader.CrcStart)) == header.Crc)
            {
                return new HostileFrame(frame, start, (int)header.TotalSize);
            }
        }

        return new HostileFrame(frame, -1, 0);
    }
}
