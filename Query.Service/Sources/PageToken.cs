using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace StockAspire.Query.Sources;

/// <summary>
/// Where a list goes on: after a name. As text it is opaque: base64url of version (1 byte, 1), the list's kind (1 byte),
/// the name (UTF-8) and XXH32 of all before (4).
/// </summary>
internal static class PageToken
{
    private const byte Version = 1;
    private const int ChecksumSize = sizeof(uint);
    private const int TextLengthMax = 1_024;

    public static string Format(ListKind kind, string after)
    {
        byte[] body = [Version, (byte)kind, .. Encoding.UTF8.GetBytes(after)];
        return Base64Url.EncodeToString([.. body, .. BitConverter.GetBytes(XxHash32.HashToUInt32(body))]);
    }

    /// <summary>The name to go on after; empty for an empty token, null for one that is not of this list.</summary>
    public static string? TryParse(ListKind kind, string text)
    {
        if (text.Length == 0)
        {
            return string.Empty;
        }

        if (text.Length > TextLengthMax || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text).AsSpan();
        return bytes.Length > 2 + ChecksumSize && bytes[0] == Version && bytes[1] == (byte)kind &&
            BitConverter.ToUInt32(bytes[^ChecksumSize..]) == XxHash32.HashToUInt32(bytes[..^ChecksumSize])
            ? Encoding.UTF8.GetString(bytes[2..^ChecksumSize])
            : null;
    }
}

/// <summary>Which list a page token belongs to.</summary>
internal enum ListKind : byte
{
    Symbols = 1,
    Sources = 2,
    DeadLetters = 3,
}
