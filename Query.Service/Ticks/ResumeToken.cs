using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace StockAspire.Query.Ticks;

/// <summary>
/// Where an interrupted QueryTicks goes on: after the tick at <see cref="After"/>, <see cref="Given"/> ticks into the
/// request. As text it is opaque: base64url of version (1 byte, 1), XXH64 of the request (8), then little-endian given
/// (8), event time (8), sequence (8), source and symbol (each uint16 size and UTF-8), and XXH32 of all before (4).
/// </summary>
internal sealed record ResumeToken(TickPosition After, long Given)
{
    private const byte Version = 1;
    private const int RequestHashSize = sizeof(ulong);
    private const int ChecksumSize = sizeof(uint);

    /// <summary>Longest text of a token: fixed fields and the largest source and symbol, well within it.</summary>
    private const int TextLengthMax = 1_024;

    public string Format(TickQuery query)
    {
        using var bytes = new MemoryStream(128);
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write(HashOf(query));
        writer.Write(Given);
        writer.Write(After.EventTimeNs);
        writer.Write(After.Sequence);
        WriteText(writer, After.Source);
        WriteText(writer, After.Symbol);
        writer.Write(XxHash32.HashToUInt32(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads a token of this very request; otherwise says what is wrong.</summary>
    public static string? TryParse(string text, TickQuery query, out ResumeToken? token)
    {
        token = null;
        if (text.Length > TextLengthMax || !Base64Url.IsValid(text))
        {
            return "expected a token that this service gave, got other text";
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < 1 + RequestHashSize + ChecksumSize ||
            BitConverter.ToUInt32(bytes, bytes.Length - ChecksumSize) != XxHash32.HashToUInt32(bytes.AsSpan(..^ChecksumSize)))
        {
            return "expected a token that this service gave, got a damaged one";
        }

        if (bytes[0] != Version)
        {
            return Errors.RequestChecks.Text($"expected a token of version {Version}, got version {bytes[0]}: begin the query anew");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 1, bytes.Length - 1));
        if (reader.ReadUInt64() != HashOf(query))
        {
            return "expected the token of a request with the same symbols, range, order, limit and known_at_ns, got another request's";
        }

        var given = reader.ReadInt64();
        var eventTime = reader.ReadInt64();
        var sequence = reader.ReadUInt64();
        var source = ReadText(reader);
        token = new ResumeToken(new TickPosition(eventTime, source, sequence, ReadText(reader)), given);
        return null;
    }

    /// <summary>What the request asks for; the order in which it names its symbols makes no difference.</summary>
    private static ulong HashOf(TickQuery query)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(query.StartNs);
        writer.Write(query.EndNs);
        writer.Write(query.Descending);
        writer.Write(query.Limit);
        writer.Write(query.KnownAtNs);
        foreach (var symbol in query.Symbols)
        {
            WriteText(writer, symbol);
        }

        return XxHash64.HashToUInt64(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write(checked((ushort)utf8.Length));
        writer.Write(utf8);
    }

    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadUInt16()));
}
