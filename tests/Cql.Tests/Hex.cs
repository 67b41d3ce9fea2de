using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests;

/// <summary>Bytes as tests write them: hexadecimal, with spaces between fields; text in single quotation marks stands for its UTF-8.</summary>
internal static class Hex
{
    public static byte[] Bytes(string text)
    {
        List<byte> bytes = [];
        var pieces = text.Split('\'');
        for (var i = 0; i < pieces.Length; i++)
            bytes.AddRange(i % 2 == 0 ? Convert.FromHexString(string.Concat(pieces[i].Where(c => !char.IsWhiteSpace(c)))) : System.Text.Encoding.UTF8.GetBytes(pieces[i]));
        return [.. bytes];
    }

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    /// <summary>What <paramref name="write"/> appends.</summary>
    public static byte[] Written(Action<GrowingBuffer> write)
    {
        using var buffer = new GrowingBuffer();
        write(buffer);
        return buffer.Written.ToArray();
    }

    public static void AssertEqual(string expected, ReadOnlySpan<byte> actual) => Assert.Equal(Of(Bytes(expected)), Of(actual));
}
