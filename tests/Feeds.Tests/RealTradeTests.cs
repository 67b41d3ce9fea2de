using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

/// <summary>A real day, against a second reading of it that shares no code with the first.</summary>
public sealed class RealTradeTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_field_of_every_row_of_a_real_day_is_read_exactly()
    {
        var path = Path.Combine(Checkout.Shared, "data", "spy_20131007_trade.zip");
        Assert.SkipUnless(File.Exists(path), $"needs the real trades {path}");

        var clock = Stopwatch.StartNew();
        using var file = FeedFile.Open(path);
        using var reader = FeedReader.Open(file);
        var rows = FeedRows.Of(reader, 4096);
        output.WriteLine($"{rows.Ticks.Count} rows in {clock.ElapsedMilliseconds} ms");

        Assert.Empty(rows.Rejects);
        Assert.Equal(file.SizeBytes, reader.ReadBytes);
        var expected = 0;
        foreach (var line in Lines(path))
        {
            var columns = line.Split(',');
            var tick = rows.Ticks[expected++];
            Assert.Equal(expected, (int)tick.Id.Sequence);
            Assert.Equal("SPY", tick.Symbol);

            // New York was four hours behind UTC on that day.
            var time = new DateTimeOffset(2013, 10, 7, 0, 0, 0, TimeSpan.FromHours(-4)).AddMilliseconds(int.Parse(columns[0], CultureInfo.InvariantCulture));
            Assert.Equal(UnixTime.FromDateTimeOffset(time), tick.EventTimeNs);
            Assert.Equal(decimal.Parse(columns[1], CultureInfo.InvariantCulture) / 10_000m, tick.Price.E9 / 1_000_000_000m);
            Assert.Equal(decimal.Parse(columns[2], CultureInfo.InvariantCulture), tick.Size.E8 / 100_000_000m);
            Assert.Equal(columns[3], tick.Venue);
            Assert.Equal(columns[4], tick.Conditions.ToString());
            Assert.Equal(columns[5] == "1", tick.Attributes.Count == 1);
        }

        Assert.Equal(expected, rows.Ticks.Count);
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var text = new StreamReader(archive.Entries.Single().Open());
        while (text.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
