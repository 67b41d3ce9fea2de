using System.Buffers;

namespace StockAspire.Cli.Output;

/// <summary>One field of CSV, quoted where RFC 4180 asks for it.</summary>
internal static class CsvField
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public static void Append(Utf8Output output, ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny(Quoted))
        {
            output.Append(text);
            return;
        }

        output.Append((byte)'"');
        for (var quote = text.IndexOf('"'); quote >= 0; quote = text.IndexOf('"'))
        {
            output.Append(text[..(quote + 1)]);
            output.Append((byte)'"');
            text = text[(quote + 1)..];
        }

        output.Append(text);
        output.Append((byte)'"');
    }
}
