using System.Globalization;
using System.Text;
using StockAspire.Market;
using StockAspire.Market.Blocks;

namespace StockAspire.Dashboard.Ticks;

/// <summary>Bytes for people: as text where they are one, and in hexadecimal digits. Pure.</summary>
internal static class RawBytes
{
    private const int BytesPerLine = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null where they are no UTF-8, or have control characters other than tabs and line ends.</summary>
    public static string? Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>What Ingest could read of a row but not take is kept as a block of that one tick; null where they are none.</summary>
    public static Tick? Tick(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new TickBlockReader();
            reader.Read(bytes);
            return reader.Ticks.Length == 1 ? reader.Ticks[0] : null;
        }
        catch (TickBlockFormatException)
        {
            return null;
        }
    }

    /// <summary>A line for each 16 bytes: position, digits, and what of it is visible ASCII.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var dump = new StringBuilder();
        for (var at = 0; at < bytes.Length; at += BytesPerLine)
        {
            var line = bytes.Slice(at, Math.Min(BytesPerLine, bytes.Length - at));
            dump.Append(CultureInfo.InvariantCulture, $"{at:x6} ");
            for (var i = 0; i < BytesPerLine; i++)
            {
                if (i < line.Length)
                    dump.Append(CultureInfo.InvariantCulture, $" {line[i]:x2}");
                else
                    dump.Append("   ");
            }

            dump.Append("  ");
            foreach (var value in line)
                dump.Append(value is >= 0x20 and < 0x7F ? (char)value : '.');
            dump.Append('\n');
        }

        return dump.ToString();
    }
}
