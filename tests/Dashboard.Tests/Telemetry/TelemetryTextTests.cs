using Microsoft.Extensions.Time.Testing;
using StockAspire.Dashboard.Telemetry;

namespace StockAspire.Dashboard.Tests.Telemetry;

public sealed class TelemetryTextTests
{
    [Theory]
    [InlineData(0.0123, "s", "12.3 ms")]
    [InlineData(-90, "s", "-1 min 30 s")]
    [InlineData(512, "By", "512 B")]
    [InlineData(12_340, "By", "12.34 kB")]
    [InlineData(1, "{tick}", "1 tick")]
    [InlineData(12_340, "{tick}", "12.34k ticks")]
    [InlineData(2, "{query}", "2 queries")]
    [InlineData(2, "{work_item}", "2 work items")]
    [InlineData(0.25, "1", "0.25")]
    [InlineData(21.5, "Cel", "21.5 Cel")]
    public void A_value_has_its_unit_in_a_size_that_fits(double value, string unit, string expected) =>
        Assert.Equal(expected, TelemetryText.Value(value, unit));

    [Fact]
    public void A_time_has_its_date_where_that_is_not_today_in_the_zone_that_is_told()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 23, 30, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("there", TimeSpan.FromHours(-3.5), null, null));
        var today = TelemetryText.UnixNs(time.GetUtcNow());
        var yesterday = today - TimeSpan.FromHours(21).Ticks * TimeSpan.NanosecondsPerTick;
        Assert.Equal("20:00:00.000", TelemetryText.LocalTime(today, time));
        Assert.Equal("2026-01-01 23:00:00.000", TelemetryText.LocalTime(yesterday, time));
        Assert.Equal("UTC-03:30", TelemetryText.Zone(time));
        Assert.Equal("UTC", TelemetryText.Zone(new FakeTimeProvider()));
    }
}
