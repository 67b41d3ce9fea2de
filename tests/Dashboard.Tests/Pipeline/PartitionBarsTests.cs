using Bunit;
using StockAspire.Dashboard.Pipeline;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Pipeline;

public sealed class PartitionBarsTests : BunitContext
{
    [Fact]
    public void Each_partition_shows_its_share_what_waits_and_what_is_late()
    {
        var bars = Render<PartitionBars>(parameters => parameters.Add(bars => bars.Partitions,
        [
            new PartitionStatus { Partition = 0, PublishedTicks = 1_000, StoredTicks = 1_000 },
            new PartitionStatus { Partition = 1, PublishedTicks = 500, StoredTicks = 400, Lag = 2, OldestUnstoredAgeMs = 90 },
            new PartitionStatus { Partition = 2, PublishedTicks = 10, Lag = 1, OldestUnstoredAgeMs = 12_000 },
        ]));

        var rows = bars.FindAll("tr");
        Assert.Equal(["01,000", "1500+100", "210late 12 s"], rows.Select(row => string.Concat(row.TextContent.Where(letter => !char.IsWhiteSpace(letter) || letter == ' ')).Trim().Replace("  ", "", StringComparison.Ordinal)));
        Assert.Equal("width:100%", rows[0].QuerySelector(".stored")!.GetAttribute("style"));
        Assert.Equal(("width:40%", "width:10%"), (rows[1].QuerySelector(".stored")!.GetAttribute("style"), rows[1].QuerySelector(".waiting")!.GetAttribute("style")));
        Assert.Equal("late", rows[2].ClassName);
    }

    [Fact]
    public void Partitions_beyond_a_screen_are_counted()
    {
        var bars = Render<PartitionBars>(parameters => parameters.Add(bars => bars.Partitions, [.. Enumerable.Range(0, 100).Select(number => new PartitionStatus { Partition = number })]));
        Assert.Equal(24, bars.FindAll("tr").Count);
        Assert.Equal("and 76 more partitions", bars.Find("p").TextContent);
    }
}
