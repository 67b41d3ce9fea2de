using StockAspire.Market;

namespace StockAspire.Cli.Tests;

public sealed class TimeArgumentTests
{
    private const long NowNs = 1_381_152_600_000_000_000;

    [Theory]
    [InlineData("2013-10-07T13:30:00.000000001Z", NowNs + 1)]
    [InlineData("2013-10-07T09:30:00-04:00", NowNs)]
    [InlineData("2013-10-07", 1_381_104_000_000_000_000)]
    [InlineData("now", NowNs)]
    [InlineData("-5m", NowNs - (300 * UnixTime.NsPerSecond))]
    [InlineData("-1h30m", NowNs - (5_400 * UnixTime.NsPerSecond))]
    [InlineData("-1us", NowNs - 1_000)]
    public void TryParse_Time_IsExact(string text, long expected)
    {
        Assert.True(TimeArgument.TryParse(text, NowNs, out var ns));
        Assert.Equal(expected, ns);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5m")]
    [InlineData("-5y")]
    [InlineData("-m")]
    [InlineData("-5m3")]
    [InlineData("-99999999999999999999s")]
    [InlineData("-101y")]
    [InlineData("2013-13-01")]
    [InlineData("2013-10-07T13:30:00.0000000001Z")]
    public void TryParse_NoTime_IsRefused(string text)
    {
        Assert.False(TimeArgument.TryParse(text, NowNs, out _));
    }
}
