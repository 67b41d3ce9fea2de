using System.Globalization;
using System.Text;

namespace StockAspire.Feeds;

/// <summary>Foreign bytes in the words of an error message: quoted, short, nothing unprintable.</summary>
internal static class Shown
{
    private const int LengthMax = 64;

    public static string Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "nothing";
        }

        var text = new StringBuilder("\"");
        var rest = bytes;
        while (!rest.IsEmpty && text.Length <= LengthMax)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var size);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in rest[..size])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
                }
            }

            rest = rest[size..];
        }

        return text.Append(rest.IsEmpty ? "\"" : string.Create(CultureInfo.InvariantCulture, $"...\" ({bytes.Length} bytes)")).ToString();
    }
}
