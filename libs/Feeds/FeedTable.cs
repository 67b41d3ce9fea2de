using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds;

/// <summary>
/// The ticks of a small file in memory, to draw random ones from. Which row a draw gives is a pure function of the run's seed
/// and the draw's sequence, so that a restarted run goes on as if nothing had been. Immutable and thread-safe.
/// </summary>
public sealed class FeedTable
{
    public const int RowsMax = 1_000_000;

    private readonly Tick[] _ticks;

    private FeedTable(Tick[] ticks) => _ticks = ticks;

    /// <summary>Rows that are ticks.</summary>
    public int Count => _ticks.Length;

    /// <summary>Reads the rest of the file. What is no tick is left out; the reader counts it.</summary>
    /// <param name="onRejects">Called with the rejects of each batch that has some; valid during the call.</param>
    /// <exception cref="FeedException">More than <see cref="RowsMax"/> rows, or none that is a tick.</exception>
    public static FeedTable Load(FeedReader reader, int rowsMax = RowsMax, Action<IReadOnlyList<RowReject>>? onRejects = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsMax, RowsMax);

        // What a draw gives may not depend on when the file was loaded; and drawn ticks have times of their own.
        reader.EventTimeMaxNs = long.MaxValue;
        var ticks = new List<Tick>();
        var batch = new FeedBatch();
        while (reader.Read(batch))
        {
            if (ticks.Count + batch.RowCount > rowsMax)
            {
                throw FeedException.TooManyRows(reader.Name, rowsMax);
            }

            foreach (ref readonly var tick in batch.Ticks)
            {
                ticks.Add(reader.Mapping.Format == FeedFormat.Index ? WithDate(tick) : tick);
            }

            if (batch.Rejects.Count > 0)
            {
                onRejects?.Invoke(batch.Rejects);
            }
        }

        reader.ThrowIfNoTick();
        return new FeedTable([.. ticks]);
    }

    /// <summary>
    /// The row of a draw. Stable for ever: x = the first output of SplitMix64 (Steele, Lea and Flood 2014) whose state is
    /// <paramref name="seed"/> + <paramref name="sequence"/> x 0xBF58476D1CE4E5B9 (mod 2^64); the row is x * count / 2^64,
    /// rounded down.
    /// </summary>
    public static int RowOf(ulong seed, ulong sequence, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        unchecked
        {
            // The multiplier keeps runs whose seeds are neighbours from drawing the same rows one step apart.
            var x = seed + (sequence * 0xBF58476D1CE4E5B9UL) + 0x9E3779B97F4A7C15UL;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            x ^= x >> 31;
            return (int)Math.BigMul(x, (ulong)count, out _);
        }
    }

    /// <summary>The tick of a draw, with the identity and the event time given.</summary>
    /// <param name="eventTimeNs">When it is drawn: ns since the Unix epoch.</param>
    public Tick Draw(ulong seed, in TickId id, long eventTimeNs) =>
        _ticks[RowOf(seed, id.Sequence, _ticks.Length)] with { Id = id, EventTimeNs = eventTimeNs };

    /// <summary>The row's date would be lost with its event time.</summary>
    private static Tick WithDate(in Tick tick)
    {
        const string Date = "date";
        return tick.Attributes.TryGetValue(Date, out _) || tick.Attributes.Count == TickLimits.AttributesMax
            ? tick
            : tick with
            {
                Attributes = AttributeMap.Of(
                    [.. tick.Attributes.AsSpan(), new(Date, AttributeValue.OfText(UnixTime.Format(tick.EventTimeNs)[..10]))]),
            };
    }
}
