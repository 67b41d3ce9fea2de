namespace StockAspire.Otlp.Metrics;

/// <summary>
/// What a histogram has counted. Bucket i holds values above bound i-1 and at most bound i; the last has no upper bound.
/// Immutable: bounds are shared by all points of a series.
/// </summary>
/// <param name="Max">The largest measurement since the start; infinite where the sender does not say.</param>
internal sealed record Distribution(double[] Bounds, ulong[] Buckets, ulong Count, double Sum, double Max = double.PositiveInfinity)
{
    /// <summary>A point without buckets weighs 1.</summary>
    private const int BucketsPerWeight = 8;

    public int Weight => 1 + Buckets.Length / BucketsPerWeight;

    public bool HasBoundsOf(Distribution other) => ReferenceEquals(Bounds, other.Bounds) || Bounds.AsSpan().SequenceEqual(other.Bounds);

    public Distribution Zero() => new(Bounds, new ulong[Buckets.Length], 0, 0, double.NegativeInfinity);

    public Distribution Plus(Distribution other)
    {
        var buckets = new ulong[Buckets.Length];
        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] = Buckets[i] + other.Buckets[i];
        }

        return new Distribution(Bounds, buckets, Count + other.Count, Sum + other.Sum, Math.Max(Max, other.Max));
    }
}
