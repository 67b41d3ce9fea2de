using System.Collections;

namespace StockAspire.Market;

/// <summary>The sale conditions of a tick, immutable, in the venue's order; equal by value. Shared by many ticks.</summary>
public sealed class ConditionSet : IReadOnlyList<string>, IEquatable<ConditionSet>
{
    public static readonly ConditionSet Empty = new([]);

    private readonly string[] _conditions;

    private ConditionSet(string[] conditions) => _conditions = conditions;

    public int Count => _conditions.Length;

    public string this[int index] => _conditions[index];

    public static ConditionSet Of(params ReadOnlySpan<string> conditions) => conditions.IsEmpty ? Empty : new(conditions.ToArray());

    public ReadOnlySpan<string> AsSpan() => _conditions;

    public bool Equals(ConditionSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _conditions.AsSpan().SequenceEqual(other._conditions));

    public override bool Equals(object? obj) => Equals(obj as ConditionSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var condition in _conditions)
        {
            hash.Add(condition, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_conditions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', _conditions);
}
