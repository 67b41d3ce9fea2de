using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Pipeline;

namespace StockAspire.Dashboard.Tests.Pipeline;

public sealed class ChartTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.3, 1)]
    [InlineData(1.2, 2)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(7_000, 10_000)]
    [InlineData(123_456, 200_000)]
    public void The_scale_ends_at_a_round_number(double max, double top) => Assert.Equal(top, Chart.Ceiling(max));

    [Fact]
    public void The_newest_value_is_at_the_right_and_the_largest_at_the_top() =>
        Assert.Equal("M0,59L150,30L300,1", Chart.Path([0, 5, 10], 3, 10));

    [Fact]
    public void A_gap_is_not_bridged() => Assert.Equal("M0,59M300,1", Chart.Path([0, null, 10], 3, 10));

    [Fact]
    public void A_short_history_fills_from_the_right() => Assert.Equal("M200,59L300,59", Chart.Path([0, 0], 4, 1));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.44, "0.4")]
    [InlineData(12.6, "13")]
    [InlineData(3_456, "3,456")]
    [InlineData(1_250_000, "1.25M")]
    public void Rates_are_short(double rate, string text) => Assert.Equal(text, Figures.Rate(rate));

    [Theory]
    [InlineData(0, 10, "0%")]
    [InlineData(1, 100_000, "0.5%")]
    [InlineData(5, 10, "50%")]
    [InlineData(5, 0, "0%")]
    public void Something_is_never_drawn_as_nothing(long part, long whole, string percent) => Assert.Equal(percent, Figures.Percent(part, whole));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(250, "250 ms")]
    [InlineData(2_500, "2.5 s")]
    [InlineData(35_400, "35 s")]
    [InlineData(185_000, "3 min 5 s")]
    [InlineData(7_800_000, "2 h 10 min")]
    [InlineData(356_400_000, "4 d 3 h")]
    public void Durations_have_two_units_at_most(long ms, string text) => Assert.Equal(text, Clock.Duration(TimeSpan.FromMilliseconds(ms)));
}
