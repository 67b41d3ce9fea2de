namespace StockAspire.TickStore.Tests;

public sealed class TickStorePlanTests
{
    private const long HourNs = 3_600_000_000_000;

    private static readonly TickStorePlan Hours = new(TickStorePlan.RowsLayout, HourNs);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(HourNs - 1, 0)]
    [InlineData(HourNs, 1)]
    [InlineData(-1, -1)]
    [InlineData(-HourNs, -1)]
    [InlineData(-HourNs - 1, -2)]
    public void Buckets_are_rounded_down(long eventTimeNs, long bucket)
    {
        Assert.Equal(bucket, Hours.BucketOf(eventTimeNs));
        Assert.InRange(eventTimeNs, Hours.StartOf(bucket), Hours.StartOf(bucket + 1) - 1);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue - 1)]
    public void The_outermost_buckets_end_with_int64(long eventTimeNs)
    {
        var bucket = Hours.BucketOf(eventTimeNs);
        Assert.InRange(eventTimeNs, Hours.StartOf(bucket), Hours.StartOf(bucket + 1) - 1);
    }
}
