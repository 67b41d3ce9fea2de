namespace StockAspire.Otlp.Metrics;

/// <summary>
/// Brings an exponential histogram, whose scale changes as its values spread, to buckets that never change: powers of
/// 2^(1/4), so that a percentile is exact to 19 %. A finer bucket goes to the one that holds its middle.
/// </summary>
internal sealed class ExponentialBuckets(int scale, ulong zeros)
{
    public const int ScaleMin = -10;
    public const int ScaleMax = 20;

    private const int PowersPerOctave = 4;

    /// <summary>From 2^-30, a nanosecond in seconds, to 2^40, a terabyte in bytes; what is beyond goes to the ends.</summary>
    private const int FirstPower = -30 * PowersPerOctave;

    private const int LastPower = 40 * PowersPerOctave;

    private static readonly double[] Bounds =
        [0, .. Enumerable.Range(FirstPower, LastPower - FirstPower + 1).Select(power => Math.Pow(2, (double)power / PowersPerOctave))];

    private readonly ulong[] _counts = new ulong[Bounds.Length + 1];

    /// <summary>The bucket of values above base^index and up to base^(index+1), base = 2^(2^-scale).</summary>
    public void AddPositive(long index, ulong count)
    {
        // ceil of the middle's logarithm in quarter octaves is the upper bound's index; bound 0 is zero itself.
        var power = Math.Clamp(Math.Ceiling((index + 0.5) * Math.Pow(2, -scale) * PowersPerOctave), FirstPower, LastPower + 1);
        _counts[(int)power - FirstPower + 1] += count;
    }

    /// <summary>Durations and sizes are not negative; what is goes to the first bucket, uncounted by size.</summary>
    public void AddNegative(long index, ulong count) => _counts[0] += count;

    public Distribution ToDistribution(ulong count, double sum, double max)
    {
        _counts[0] += zeros;
        return new Distribution(Bounds, _counts, count, sum, max);
    }
}
