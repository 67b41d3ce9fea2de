using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace StockAspire.Market;

/// <summary>The extra columns of a tick: name to value, ordered by name (ordinal), immutable, equal by value.</summary>
public sealed class AttributeMap : IReadOnlyList<KeyValuePair<string, AttributeValue>>, IEquatable<AttributeMap>
{
    public static readonly AttributeMap Empty = new([]);

    private readonly KeyValuePair<string, AttributeValue>[] _entries;

    private AttributeMap(KeyValuePair<string, AttributeValue>[] entries) => _entries = entries;

    public int Count => _entries.Length;

    public KeyValuePair<string, AttributeValue> this[int index] => _entries[index];

    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public static AttributeMap Of(params ReadOnlySpan<KeyValuePair<string, AttributeValue>> entries)
    {
        if (entries.IsEmpty)
        {
            return Empty;
        }

        var sorted = entries.ToArray();
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key)
            {
                throw new ArgumentException($"The attribute \"{sorted[i].Key}\" is given twice.", nameof(entries));
            }
        }

        return new AttributeMap(sorted);
    }

    public bool TryGetValue(string name, [MaybeNullWhen(false)] out AttributeValue value)
    {
        foreach (var entry in _entries)
        {
            if (entry.Key == name)
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public ReadOnlySpan<KeyValuePair<string, AttributeValue>> AsSpan() => _entries;

    public bool Equals(AttributeMap? other) =>
        ReferenceEquals(this, other) || (other is not null && _entries.AsSpan().SequenceEqual(other._entries));

    public override bool Equals(object? obj) => Equals(obj as AttributeMap);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var entry in _entries)
        {
            hash.Add(entry.Key, StringComparer.Ordinal);
            hash.Add(entry.Value);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, AttributeValue>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, AttributeValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
