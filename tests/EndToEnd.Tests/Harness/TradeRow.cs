using System.Globalization;
using System.IO.Compression;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A row of a real trade file, read by the tests' own plain code: the other side of the comparison.</summary>
internal sealed record TradeRow(ulong Sequence, string Symbol, long EventTimeNs, long PriceE9, long SizeE8, string Venue, string Condition, bool Suspicious)
{
    /// <summary>Reads SYMBOL_YYYYMMDD_trade.zip: ms since midnight New York, price x 10000, size, exchange, condition, suspicious.</summary>
    public static List<TradeRow> ReadZip(string file)
    {
        var parts = Path.GetFileNameWithoutExtension(file).Split('_');
        var symbol = parts[0].ToUpperInvariant();
        var date = DateTime.ParseExact(parts[1], "yyyyMMdd", CultureInfo.InvariantCulture);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var rows = new List<TradeRow>();
        using var zip = ZipFile.OpenRead(file);
        using var reader = new StreamReader(zip.Entries[0].Open());
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var local = date.AddMilliseconds(long.Parse(fields[0], CultureInfo.InvariantCulture));
            var utc = TimeZoneInfo.ConvertTimeToUtc(local, zone);
            rows.Add(new TradeRow(
                (ulong)rows.Count + 1,
                symbol,
                (utc - DateTime.UnixEpoch).Ticks * 100,
                long.Parse(fields[1], CultureInfo.InvariantCulture) * 100_000,
                long.Parse(fields[2], CultureInfo.InvariantCulture) * 100_000_000,
                fields[3],
                fields[4],
                fields[5] == "1"));
        }

        return rows;
    }
}
