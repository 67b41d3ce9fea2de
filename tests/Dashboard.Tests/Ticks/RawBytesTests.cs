using Google.Protobuf;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Dashboard.Ticks;

namespace StockAspire.Dashboard.Tests.Ticks;

public sealed class RawBytesTests
{
    [Fact]
    public void Text_is_what_is_text_and_nothing_else()
    {
        Assert.Equal("a\tb\r\n€", RawBytes.Text("a\tb\r\n€"u8));
        Assert.Null(RawBytes.Text([0x41, 0xFF]));
        Assert.Null(RawBytes.Text([0x41, 0x1B, 0x5B]));
    }

    [Fact]
    public void Hex_has_sixteen_bytes_a_line_and_shows_no_control_character()
    {
        Assert.Equal(
            "000000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................\n" +
            "000010  41 7f                                            A.\n",
            RawBytes.Hex([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0x7F]));
    }

    [Fact]
    public void A_block_of_one_tick_is_read_and_what_is_none_is_not()
    {
        var stored = new StoredTicks();
        stored.Add("SPY", 2);
        var one = stored.Newest("SPY", long.MaxValue, 1).Single().Block.ToByteArray();
        Assert.Equal(2UL, RawBytes.Tick(one)!.Value.Id.Sequence);
        Assert.Null(RawBytes.Tick(stored.Newest("SPY", long.MaxValue, 2).Single().Block.ToByteArray()));
        Assert.Null(RawBytes.Tick("SPY,none,100"u8));
        Assert.Null(RawBytes.Tick([]));
    }
}
