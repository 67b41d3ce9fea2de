using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace StockAspire.Feeds;

/// <summary>
/// One object for equal UTF-8 texts, so that a symbol that a million rows have is one string. A run of equal texts costs a
/// comparison. Holds at most <see cref="EntriesMax"/> texts; further ones are made anew each time. Not thread-safe.
/// </summary>
internal sealed class Utf8Pool<T>(Func<string, T> make)
    where T : class
{
    private const int EntriesMax = 16_384;

    /// <summary>Longer texts hardly repeat.</summary>
    private const int PooledSizeMax = 128;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<byte[], T> _values = new(new BytesComparer());
    private byte[] _lastBytes = [];
    private T? _last;

    /// <summary>False where the bytes are no UTF-8.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, [MaybeNullWhen(false)] out T value)
    {
        if (_last is not null && utf8.SequenceEqual(_lastBytes))
        {
            value = _last;
            return true;
        }

        if (_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out var bytes, out var known))
        {
            (_lastBytes, _last) = (bytes, known);
            value = known;
            return true;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            value = null;
            return false;
        }

        value = make(StrictUtf8.GetString(utf8));
        if (_values.Count < EntriesMax && utf8.Length <= PooledSizeMax)
        {
            (_lastBytes, _last) = (utf8.ToArray(), value);
            _values.Add(_lastBytes, value);
        }

        return true;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => unchecked((int)XxHash3.HashToUInt64(alternate));

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
