using System.Globalization;
using System.IO.Compression;
using StockAspire.Market;

namespace StockAspire.Bench.Pipeline;

/// <summary>Trade files (ms since midnight New York, price x 10000, size, exchange, condition, suspicious) read ahead into memory.</summary>
internal static class Trades
{
    private const long PriceUnit = 100_000;
    private const long SizeUnit = 100_000_000;

    private static readonly DateTimeOffset ZipDates = new(2013, 10, 7, 0, 0, 0, TimeSpan.Zero);

    public static Tick[] Read(string file, string source)
    {
        var parts = Path.GetFileNameWithoutExtension(file).Split('_');
        var symbol = parts[0].ToUpperInvariant();
        var date = DateTime.ParseExact(parts[1], "yyyyMMdd", CultureInfo.InvariantCulture);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var midnightNs = (TimeZoneInfo.ConvertTimeToUtc(date, zone) - DateTime.UnixEpoch).Ticks * UnixTime.NsPerTimeSpanTick;
        var conditions = new Dictionary<string, ConditionSet>();
        var ticks = new List<Tick>();
        using var zip = ZipFile.OpenRead(file);
        using var reader = new StreamReader(zip.Entries[0].Open());
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            if (!conditions.TryGetValue(fields[4], out var set))
            {
                conditions.Add(fields[4], set = ConditionSet.Of(fields[4]));
            }

            ticks.Add(new Tick
            {
                Id = new TickId(source, (ulong)ticks.Count + 1),
                Symbol = symbol,
                EventTimeNs = midnightNs + (long.Parse(fields[0], CultureInfo.InvariantCulture) * UnixTime.NsPerMillisecond),
                Price = new Price(long.Parse(fields[1], CultureInfo.InvariantCulture) * PriceUnit),
                Size = new Size(long.Parse(fields[2], CultureInfo.InvariantCulture) * SizeUnit),
                Venue = string.Intern(fields[3]),
                Conditions = set,
            });
        }

        return [.. ticks];
    }

    /// <summary>Copies a zip into a folder with another date on its content: the same rows, but a source that was not loaded yet.</summary>
    public static string Copy(string file, string folder, int number)
    {
        var parent = Directory.CreateDirectory(Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture)));
        var target = Path.Combine(parent.FullName, Path.GetFileName(file));
        using var from = ZipFile.OpenRead(file);
        using var to = ZipFile.Open(target, ZipArchiveMode.Create);
        var entry = to.CreateEntry(from.Entries[0].Name);

        // Zip knows even seconds only.
        entry.LastWriteTime = ZipDates.AddSeconds(2 * number);
        using var input = from.Entries[0].Open();
        using var output = entry.Open();
        input.CopyTo(output);
        return target;
    }
}
