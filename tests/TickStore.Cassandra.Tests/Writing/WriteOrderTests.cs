using StockAspire.TickStore.Cassandra.Writing;

namespace StockAspire.TickStore.Cassandra.Tests.Writing;

public sealed class WriteOrderTests
{
    private static readonly TickStorePlan Hours = new(TickStorePlan.RowsLayout, Ticks.HourNs);

    private readonly WriteOrder _order = new();

    [Fact]
    public void Rows_are_put_together_by_partition_in_key_order()
    {
        StoredTick[] rows =
        [
            Ticks.Of(Ticks.OpenNs + 2, symbol: "SPY"),
            Ticks.Of(Ticks.OpenNs, symbol: "QQQ"),
            Ticks.Of(Ticks.OpenNs + Ticks.HourNs, symbol: "SPY"),
            Ticks.Of(Ticks.OpenNs + 1, symbol: "SPY"),
            Ticks.Of(Ticks.OpenNs, symbol: "SPY", sequence: 2),
            Ticks.Of(Ticks.OpenNs, symbol: "SPY", sequence: 1),
        ];

        Assert.Equal(["SPY 5 4 3 0", "QQQ 1", "SPY 2"], Arrange(rows));
        Assert.Equal(_order.Partitions[0].Bucket + 1, _order.Partitions[2].Bucket);
    }

    [Fact]
    public void Of_one_key_the_lowest_position_is_sent_and_of_one_position_the_first()
    {
        StoredTick[] rows =
        [
            Ticks.Of(position: 9, priceE9: 1),
            Ticks.Of(position: 4, priceE9: 2),
            Ticks.Of(position: 4, priceE9: 3),
            Ticks.Of(position: 5, priceE9: 4),
            Ticks.Of(sequence: 2, position: 1),
        ];

        Assert.Equal(["SPY 1 4"], Arrange(rows));
    }

    [Fact]
    public void Equal_symbols_are_one_whatever_strings_they_are()
    {
        StoredTick[] rows = [Ticks.Of(sequence: 1, symbol: new string("SPY")), Ticks.Of(sequence: 2, symbol: new string("SPY"))];
        Assert.Equal(["SPY 0 1"], Arrange(rows));
    }

    [Fact]
    public void The_last_ns_and_the_time_before_1970_have_their_buckets()
    {
        StoredTick[] rows = [Ticks.Of(-1), Ticks.Of(0), Ticks.Of(long.MaxValue - 1)];
        Arrange(rows);
        Assert.Equal([-1, 0, (long.MaxValue - 1) / Ticks.HourNs], _order.Partitions.Select(partition => partition.Bucket));
    }

    [Fact]
    public void It_is_used_again_without_a_trace_of_the_call_before()
    {
        Arrange([Ticks.Of(), Ticks.Of(symbol: "QQQ")]);
        Assert.Equal(["IWM 0"], Arrange([Ticks.Of(symbol: "IWM")]));
    }

    [Fact]
    public void A_row_that_can_never_be_stored_is_named()
    {
        var fault = Assert.Throws<TickStoreRejectedException>(() => Arrange([Ticks.Of(), Ticks.Of(symbol: "HAS BLANK", sequence: 77)]));
        Assert.StartsWith("Row 1 of 2 (feed:77): symbol", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Each partition's symbol and rows.</summary>
    private List<string> Arrange(StoredTick[] rows)
    {
        _order.Arrange(rows, Hours);
        return [.. _order.Partitions.Select(partition => $"{partition.Symbol} {string.Join(' ', _order.Indexes[partition.Start..partition.End].ToArray())}")];
    }
}
