using System.Diagnostics.CodeAnalysis;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>
/// What the bytes of a name stand for, so that a name which comes again and again is made once. For one scan: its names are few.
/// Not thread-safe.
/// </summary>
internal sealed class Utf8Names<T>
    where T : class
{
    /// <summary>Names remembered; past it all are forgotten and made again where they come again.</summary>
    private const int RememberedMax = 4096;

    private readonly Dictionary<byte[], T> _names = new(Utf8Comparer.Instance);
    private byte[] _lastBytes = [];
    private T? _last;

    public bool TryFind(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out T? name)
    {
        name = _last;
        if (name is not null && bytes.SequenceEqual(_lastBytes))
            return true;
        if (!_names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out var key, out name))
            return false;

        (_lastBytes, _last) = (key, name);
        return true;
    }

    public T Add(ReadOnlySpan<byte> bytes, T name)
    {
        if (_names.Count >= RememberedMax)
            _names.Clear();
        _names[bytes.ToArray()] = name;
        return name;
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
