using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using StockAspire.Market;

namespace StockAspire.Bench.Cassandra;

/// <summary>
/// The ticks that the Java peers write: a day of real trades of four symbols, each trade for the next of its symbol's 125 suffixes,
/// so that 500 symbols interleave in time order.
/// </summary>
internal sealed class PeerTicks
{
    public const string Source = "feed-1";
    public const int SymbolCount = 4 * SuffixCount;
    public const long HourNs = 3600 * UnixTime.NsPerSecond;

    private const int SuffixCount = 125;
    private const int TradesExpected = 1 << 20;
    private static readonly string[] Bases = ["spy", "bac", "aig", "ibm"];
    private static readonly DateOnly Day = new(2013, 10, 8);

    private readonly List<Trade> _trades = new(TradesExpected);

    /// <param name="folder">Of the trade files.</param>
    /// <param name="count">Ticks to give: trades are left out or repeated to make them.</param>
    public PeerTicks(string folder, int count)
    {
        Count = count;
        Symbols = [.. Enumerable.Range(0, SymbolCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Bases[i / SuffixCount].ToUpperInvariant()}.{i % SuffixCount:d3}"))];
        var names = new Dictionary<string, string>();
        for (var i = 0; i < Bases.Length; i++)
        {
            Load(folder, i, names.GetAlternateLookup<ReadOnlySpan<char>>());
        }

        // By time, and in their order where it is the same.
        CollectionsMarshal.AsSpan(_trades).Sort((left, right) => left.TimeNs != right.TimeNs ? left.TimeNs.CompareTo(right.TimeNs) : left.Number.CompareTo(right.Number));
    }

    public int Count { get; }

    public IReadOnlyList<string> Symbols { get; }

    public IEnumerable<PeerTick> Read()
    {
        var given = new int[Bases.Length];
        for (var i = 0; i < Count; i++)
        {
            var trade = _trades[(int)((long)i * _trades.Count / Count)];
            var symbol = (trade.Base * SuffixCount) + (given[trade.Base]++ % SuffixCount);
            yield return new PeerTick(symbol, (int)(trade.TimeNs / HourNs), i, trade.TimeNs, trade.Price, trade.Size, trade.Venue, trade.Condition);
        }
    }

    /// <summary>Hour buckets that have ticks, by symbol, in the order of their first.</summary>
    public List<(string Symbol, int Bucket)> Partitions()
    {
        var seen = new HashSet<(int, int)>();
        return [.. Read().Where(tick => seen.Add((tick.Symbol, tick.Bucket))).Select(tick => (Symbols[tick.Symbol], tick.Bucket))];
    }

    private void Load(string folder, int index, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> names)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var midnightNs = (TimeZoneInfo.ConvertTimeToUtc(Day.ToDateTime(TimeOnly.MinValue), zone) - DateTime.UnixEpoch).Ticks * UnixTime.NsPerTimeSpanTick;
        using var zip = ZipFile.OpenRead(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Bases[index]}_{Day:yyyyMMdd}_trade.zip")));
        using var reader = new StreamReader(zip.Entries[0].Open());
        Span<Range> fields = stackalloc Range[6];
        while (reader.ReadLine() is { } line)
        {
            var text = line.AsSpan();
            text.Split(fields, ',');
            _trades.Add(new Trade(
                index,
                _trades.Count,
                midnightNs + (long.Parse(text[fields[0]], CultureInfo.InvariantCulture) * UnixTime.NsPerMillisecond),
                long.Parse(text[fields[1]], CultureInfo.InvariantCulture) * 100_000,
                long.Parse(text[fields[2]], CultureInfo.InvariantCulture),
                Shared(names, text[fields[3]]),
                Shared(names, text[fields[4]])));
        }
    }

    private static string Shared(Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> names, ReadOnlySpan<char> text)
    {
        if (!names.TryGetValue(text, out var name))
        {
            name = text.ToString();
            names[text] = name;
        }

        return name;
    }

    private readonly record struct Trade(int Base, int Number, long TimeNs, long Price, long Size, string Venue, string Condition);
}

/// <summary>One of them: number of its symbol, hour since the Unix epoch, sequence, time in ns, price in 1e-9, size in shares.</summary>
internal readonly record struct PeerTick(int Symbol, int Bucket, long Sequence, long TimeNs, long Price, long Size, string Venue, string Condition);
