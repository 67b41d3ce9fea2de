using System.Globalization;
using System.Text;
using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>
/// RFC 3339 UTC texts with nine digits of fraction, as UTF-8. Ticks come in the order of time, so the text up to the
/// second is mostly that of the tick before; it is formatted anew only where the second changes. Not thread-safe.
/// </summary>
internal sealed class TimeText
{
    /// <summary>2013-10-07T13:30:00.000000000Z</summary>
    public const int Size = 30;

    private const int FractionStart = 20;
    private const int FractionDigits = 9;

    private readonly byte[] _text = new byte[Size];
    private long _second = long.MinValue;

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Format(long unixNs)
    {
        var second = UnixTime.FloorDivide(unixNs, UnixTime.NsPerSecond);
        if (second != _second)
        {
            Encoding.ASCII.GetBytes(UnixTime.Format(unixNs), _text);
            _second = second;
            return _text;
        }

        var fraction = unixNs - (second * UnixTime.NsPerSecond);
        fraction.TryFormat(_text.AsSpan(FractionStart), out _, "d9", CultureInfo.InvariantCulture);
        _text[FractionStart + FractionDigits] = (byte)'Z';
        return _text;
    }
}
