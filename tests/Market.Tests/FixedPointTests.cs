using System.Globalization;
using System.Text;
using CsCheck;

namespace StockAspire.Market.Tests;

public sealed class FixedPointTests
{
    private static readonly Gen<string> Digits = Gen.String[Gen.Char["0123456789"], 1, 25];
    private static readonly Gen<string> Number = Gen.Select(
        Gen.OneOf(Gen.Const(""), Gen.Const("-"), Gen.Const("+")),
        Gen.OneOf(Digits, Gen.Const("0"), Gen.Const("000")),
        Gen.OneOf(Gen.Const(""), Digits.Select(digits => "." + digits), Gen.Const(".000000000000000000000000000000000000000000"), Gen.Const(".")),
        Gen.OneOf(Gen.Const(""), Gen.Int[-40, 40].Select(exponent => string.Create(CultureInfo.InvariantCulture, $"e{exponent}")), Gen.Const("E+7")),
        (sign, whole, fraction, exponent) => sign + whole + fraction + exponent);

    [Fact]
    public void A_number_is_read_as_arbitrary_precision_arithmetic_reads_it()
    {
        Number.Sample(text =>
        {
            var (error, units) = DecimalOracle.Read(text, Price.Scale);
            Assert.Equal((error, units), (Price.TryParse(text, out var price), price.E9));
            Assert.Equal((error, units), (Price.TryParse(Encoding.UTF8.GetBytes(text), out price), price.E9));
            (error, units) = DecimalOracle.Read(text, Size.Scale);
            Assert.Equal((error, units), (Size.TryParse(text, out var size), size.E8));
            Assert.Equal((error, units), (Size.TryParse(Encoding.UTF8.GetBytes(text), out size), size.E8));
            (error, units) = DecimalOracle.Read(text, Price.Scale - 4);
            Assert.Equal((error, units), (Price.TryParseUnits(Encoding.UTF8.GetBytes(text), 4, out price), price.E9));
        });
    }

    [Fact]
    public void Whatever_is_printed_is_read_back_in_both_encodings()
    {
        Gen.OneOf(Gen.Long, Gen.Long[-10_000_000_000, 10_000_000_000], Gen.OneOf(Gen.Const(0L), Gen.Const(1L), Gen.Const(-1L), Gen.Const(long.MaxValue), Gen.Const(-long.MaxValue), Gen.Const(1_000_000_000L))).Where(units => units != long.MinValue).Sample(units =>
        {
            Span<char> chars = stackalloc char[32];
            Span<byte> bytes = stackalloc byte[32];
            Assert.True(new Price(units).TryFormat(chars, out var length, default, null));
            Assert.True(new Price(units).TryFormat(bytes, out var size, default, null));

            var text = new string(chars[..length]);
            Assert.Equal(text, Encoding.ASCII.GetString(bytes[..size]));
            Assert.Equal(text, new Price(units).ToString());
            Assert.Equal(FixedPointError.None, Price.TryParse(text, out var price));
            Assert.Equal(units, price.E9);
            Assert.Equal(FixedPointError.None, Size.TryParse(new Size(units).ToString(), out var number));
            Assert.Equal(units, number.E8);

            // The shortest form is that of System.Decimal without trailing zeros.
            Assert.Equal((units / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture), text);
        });
    }

    [Theory]
    [InlineData("", FixedPointError.Empty)]
    [InlineData(" 1", FixedPointError.NotANumber)]
    [InlineData("1 ", FixedPointError.NotANumber)]
    [InlineData("1,5", FixedPointError.NotANumber)]
    [InlineData("1.2.3", FixedPointError.NotANumber)]
    [InlineData("-", FixedPointError.NotANumber)]
    [InlineData("--1", FixedPointError.NotANumber)]
    [InlineData(".", FixedPointError.NotANumber)]
    [InlineData("e5", FixedPointError.NotANumber)]
    [InlineData("1e", FixedPointError.NotANumber)]
    [InlineData("1e+", FixedPointError.NotANumber)]
    [InlineData("1e1.5", FixedPointError.NotANumber)]
    [InlineData("1e5x", FixedPointError.NotANumber)]
    [InlineData("NaN", FixedPointError.NotANumber)]
    [InlineData("\u0661", FixedPointError.NotANumber)] // an Arabic-Indic 1
    [InlineData("\u0131", FixedPointError.NotANumber)] // whose low byte is that of 1
    [InlineData("0x10", FixedPointError.NotANumber)]
    [InlineData("0.0000000001", FixedPointError.TooManyDigits)]
    [InlineData("1e-10", FixedPointError.TooManyDigits)]
    [InlineData("1e-999999999999", FixedPointError.TooManyDigits)]
    [InlineData("99999999999999999999.0000000001", FixedPointError.TooManyDigits)]
    [InlineData("9223372036.854775808", FixedPointError.OutOfRange)]
    [InlineData("-9223372036.854775808", FixedPointError.OutOfRange)]
    [InlineData("99999999999999999999", FixedPointError.OutOfRange)]
    [InlineData("1e999999999999", FixedPointError.OutOfRange)]
    public void What_is_no_exact_price_is_told_and_never_rounded(string text, FixedPointError expected)
    {
        Assert.Equal(expected, Price.TryParse(text, out var price));
        Assert.Equal(0, price.E9);
        Assert.Equal(expected, Price.TryParse(Encoding.UTF8.GetBytes(text), out _));
        Assert.NotEmpty(Price.Explain(expected));
    }

    [Theory]
    [InlineData("9223372036.854775807", long.MaxValue)]
    [InlineData("-9223372036.854775807", -long.MaxValue)]
    [InlineData("0e999999999999", 0)]
    [InlineData("-0", 0)]
    [InlineData(".5", 500_000_000)]
    [InlineData("5.", 5_000_000_000)]
    [InlineData("0000000000000000000000000000000000000000000000001", 1_000_000_000)]
    [InlineData("1.000000000000000000000000000000000000000000000000000000000000000000000000000000000000", 1_000_000_000)]
    [InlineData("0.0000000000000000000000000000000000000000000000000000000000000000000000001e73", 1_000_000_000)]
    [InlineData("10000000000000000000000000000000000000000000000000000000000000000000000000e-73", 1_000_000_000)]
    public void Any_way_of_writing_a_price_that_is_exact_is_read(string text, long expectedE9)
    {
        Assert.Equal(FixedPointError.None, Price.TryParse(text, out var price));
        Assert.Equal(expectedE9, price.E9);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_told()
    {
        for (var length = 0; length < 3; length++)
        {
            Assert.False(new Price(-15_000_000_000).TryFormat(new char[length], out var written, default, null));
            Assert.Equal(0, written);
        }

        Assert.True(new Price(-15_000_000_000).TryFormat(new byte[3], out var three, default, null));
        Assert.Equal(3, three);
    }
}
