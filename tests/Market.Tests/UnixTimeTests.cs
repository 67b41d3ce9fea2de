using System.Globalization;
using System.Text;
using CsCheck;

namespace StockAspire.Market.Tests;

public sealed class UnixTimeTests
{
    [Fact]
    public void Any_time_of_int64_is_printed_and_read_back()
    {
        Gen.OneOf(Gen.Long, Gen.Long[-3_000_000_000, 3_000_000_000], Gen.OneOf(Gen.Const(0L), Gen.Const(-1L), Gen.Const(1L), Gen.Const(long.MinValue), Gen.Const(long.MaxValue))).Sample(ns =>
        {
            var text = UnixTime.Format(ns);
            Assert.True(UnixTime.TryParse(text, out var read));
            Assert.Equal(ns, read);
            Assert.True(UnixTime.TryParse(Encoding.UTF8.GetBytes(text), out read, out var hasOffset));
            Assert.Equal((ns, true), (read, hasOffset));

            // .NET's own reading, to its 100 ns.
            var time = DateTimeOffset.ParseExact(text.Remove(27, 2), "yyyy-MM-dd'T'HH:mm:ss.fffffffK", CultureInfo.InvariantCulture);
            Assert.Equal(UnixTime.FloorDivide(ns, UnixTime.NsPerTimeSpanTick), time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks);
        });
    }

    [Fact]
    public void Offsets_and_short_forms_are_read_as_DateTimeOffset_reads_them()
    {
        Gen.Select(Gen.Long[-60_000_000_000, 180_000_000_000], Gen.Int[-840, 840], Gen.Int[0, 3]).Sample((seconds, offsetMinutes, form) =>
        {
            var local = DateTimeOffset.UnixEpoch.AddSeconds(seconds / 24).ToOffset(TimeSpan.FromMinutes(offsetMinutes));
            var text = local.ToString(form switch { 0 => "yyyy-MM-dd'T'HH:mm:sszzz", 1 => "yyyy-MM-dd HH:mmzzz", 2 => "yyyy-MM-dd", _ => "yyyy-MM-dd't'HH:mm:ss.fff" }, CultureInfo.InvariantCulture);
            var expected = DateTimeOffset.Parse(text.Replace('t', 'T'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

            Assert.True(UnixTime.TryParse(Encoding.UTF8.GetBytes(text), out var ns, out var hasOffset), text);
            Assert.Equal((UnixTime.FromDateTimeOffset(expected), form < 2), (ns, hasOffset));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData("2024-1-02")]
    [InlineData("2024-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("2024-00-01")]
    [InlineData("0000-01-01")]
    [InlineData("2024-01-02T")]
    [InlineData("2024-01-02X10:00")]
    [InlineData("2024-01-02T24:00:00")]
    [InlineData("2024-01-02T10:60")]
    [InlineData("2024-01-02T10:00:60Z")]
    [InlineData("2024-01-02T10:00.5Z")]
    [InlineData("2024-01-02.5")]
    [InlineData("2024-01-02T10:00:00.")]
    [InlineData("2024-01-02T10:00:00.Z")]
    [InlineData("2024-01-02T10:00:00.1234567890Z")]
    [InlineData("2024-01-02T10:00:00+05")]
    [InlineData("2024-01-02T10:00:00+05.30")]
    [InlineData("2024-01-02T10:00:00+24:00")]
    [InlineData("2024-01-02T10:00:00ZZ")]
    [InlineData("2024-01-02T10:00:00 Z")]
    [InlineData(" 2024-01-02")]
    [InlineData("2024-01-02 ")]
    [InlineData("\u0662024-01-02")]
    [InlineData("1677-09-21T00:12:43.145224191Z")]
    [InlineData("2262-04-11T23:47:16.854775808Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void What_is_no_time_or_none_of_int64_is_told(string text)
    {
        Assert.False(UnixTime.TryParse(text, out _));
        Assert.False(UnixTime.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));
    }

    [Theory]
    [InlineData("0", EpochUnit.ByMagnitude, 0L)]
    [InlineData("99999999999", EpochUnit.ByMagnitude, null)] // the year 5138 in seconds: beyond int64
    [InlineData("9223372036.854775807", EpochUnit.ByMagnitude, long.MaxValue)]
    [InlineData("100000000000", EpochUnit.ByMagnitude, 100_000_000_000_000_000)] // in ms: March 1973
    [InlineData("-1700000000123", EpochUnit.ByMagnitude, -1_700_000_000_123_000_000)]
    [InlineData("0001700000000", EpochUnit.ByMagnitude, 1_700_000_000_000_000_000)]
    [InlineData("1.5", EpochUnit.Nanoseconds, null)]
    [InlineData("1.5", EpochUnit.Microseconds, 1_500L)]
    [InlineData("x", EpochUnit.ByMagnitude, null)]
    [InlineData("", EpochUnit.ByMagnitude, null)]
    public void Numbers_since_the_epoch_are_read_exactly(string text, EpochUnit unit, long? expectedNs)
    {
        Assert.Equal(expectedNs is not null, UnixTime.TryParseEpoch(Encoding.UTF8.GetBytes(text), unit, out var ns));
        Assert.Equal(expectedNs ?? ns, ns);
    }

    [Fact]
    public void Division_rounds_towards_minus_infinity()
    {
        Gen.Select(Gen.Long, Gen.Long[1, long.MaxValue]).Sample((value, divisor) =>
        {
            var quotient = UnixTime.FloorDivide(value, divisor);
            Assert.InRange((Int128)value - ((Int128)quotient * divisor), 0, (Int128)divisor - 1);
        });
    }
}
