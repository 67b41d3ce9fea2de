using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Market;
using StockAspire.Query.Subscriptions;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Subscriptions;

/// <summary>The three slow-reader policies beside a hub that the test dispatches to: nobody reads unless the test does.</summary>
public sealed class FeedTests : IDisposable
{
    private const int QueueBytes = 64 << 10;

    private readonly SubscriptionHub _hub = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<QueryMetrics>().BuildServiceProvider();

    public FeedTests() => _hub.Start([0, 0]);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void ABlockFeed_FallsBehindAtTheFirstRecordItCannotTake_AndIsOfferedNothingMore()
    {
        using var feed = new BlockFeed(symbols: null, QueueBytes);
        _hub.Attach(feed, [0, 0]);
        Dispatch(1, 0, Row(1));
        var taken = 0L;
        while (feed.Behind is null)
        {
            Dispatch(0, taken++, Rows(1_000, (ulong)taken * 1_000));
        }

        Dispatch(0, taken, Row(2));
        Dispatch(1, 1, Row(3));

        // The record that was refused comes first when it reads on; of the other partition, what follows it.
        Assert.Equal([taken - 1, 1], feed.Behind);
        Assert.Equal(taken, Drain(feed).Count);
    }

    [Fact]
    public void AFeed_IsOfferedOnlyItsSymbols_FromItsOffsetsOn()
    {
        using var feed = new BlockFeed(new HashSet<string> { "SPY" }, QueueBytes);
        _hub.Attach(feed, [2, 0]);

        Dispatch(0, 0, Row(1));
        Dispatch(0, 1, Row(2, "IBM"));
        Dispatch(0, 2, Row(3));
        Dispatch(0, 3, Row(4, "IBM"));
        _hub.Detach(feed);
        Dispatch(0, 4, Row(5));

        Assert.Equal([3UL], Drain(feed).SelectMany(message => SampleTicks.Read(message.Block)).Select(tick => tick.Id.Sequence));
    }

    [Fact]
    public void ASkipFeed_TellsWhatItLeftOut_InItsPlaceBetweenTheBlocks()
    {
        using var feed = new SkipFeed(symbols: null, QueueBytes, _services.GetRequiredService<QueryMetrics>());
        _hub.Attach(feed, [0, 0]);
        var full = Rows(4_000, 1);
        Dispatch(0, 0, full);
        Dispatch(0, 1, Rows(4_000, 10_000));
        Dispatch(0, 2, [.. Rows(2_000, 20_000), .. Rows(1_998, 22_000), .. Rows(1, 24_009)]);
        var first = feed.Take();
        Dispatch(0, 3, Row(30_000));
        var rest = Drain(feed);

        Assert.Equal(full, SampleTicks.Read(first!.Block));
        var skipped = rest[0].Skipped;
        Assert.Equal((0, 1L, 2L, 7_999L), (skipped.Partition, skipped.FirstOffset, skipped.LastOffset, skipped.Count));
        Assert.Equal(
            [("feed", 10_000UL, 13_999UL), ("feed", 20_000UL, 23_997UL), ("feed", 24_009UL, 24_009UL)],
            skipped.Ranges.Select(range => (range.Source, range.First, range.Last)));
        Assert.Equal([30_000UL], SampleTicks.Read(rest[1].Block).Select(tick => tick.Id.Sequence));
        Assert.Equal(2, rest.Count);
    }

    [Fact]
    public void AConflateFeed_GivesTheNewestOfEachSymbol_AndNeverAnOlderOneLater()
    {
        using var feed = new ConflateFeed(symbols: null);
        _hub.Attach(feed, [0, 0]);
        Dispatch(0, 0, [SampleTicks.Of("SPY", SampleTicks.Start + 5, 1), SampleTicks.Of("SPY", SampleTicks.Start + 9, 2), SampleTicks.Of("SPY", SampleTicks.Start + 7, 3)]);
        Dispatch(1, 0, Row(4, "IBM"));

        var newest = SampleTicks.Read(Assert.Single(Drain(feed)).Block);
        Dispatch(0, 1, [SampleTicks.Of("SPY", SampleTicks.Start + 8, 5)]);
        var nothing = Drain(feed);
        Dispatch(0, 2, [SampleTicks.Of("SPY", SampleTicks.Start + 10, 6)]);

        Assert.Equal([2UL, 4UL], newest.Select(tick => tick.Id.Sequence));
        Assert.Empty(nothing);
        Assert.Equal([6UL], SampleTicks.Read(Assert.Single(Drain(feed)).Block).Select(tick => tick.Id.Sequence));
    }

    private void Dispatch(int partition, long offset, IReadOnlyList<Tick> ticks)
    {
        var result = new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset("ticks", partition, offset),
            Message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(ticks[0].Symbol), Value = SampleTicks.Block(ticks) },
        };
        Assert.True(TailRecord.TryRead(result, out var record, out _));
        _hub.Dispatch(record);
    }

    private static IReadOnlyList<Tick> Row(ulong sequence, string symbol = "SPY") => [SampleTicks.Of(symbol, SampleTicks.Start, sequence)];

    /// <summary>Some 16 bytes a row.</summary>
    private static List<Tick> Rows(int count, ulong first)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(i => SampleTicks.Of("SPY", SampleTicks.Start + random.NextInt64(1L << 50), first + (ulong)i))];
    }

    private static List<Wire.SubscribeResponse> Drain(SubscriberFeed feed)
    {
        var messages = new List<Wire.SubscribeResponse>();
        while (feed.Take() is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }
}
