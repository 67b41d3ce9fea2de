using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests.Wire;

public sealed class ProtoReaderTests
{
    [Fact]
    public void Fields_of_every_wire_type_are_read_or_passed_over()
    {
        byte[] message =
        [
            0x08, 0x96, 0x01,                                     // 1: varint 150
            0x10, 0x01,                                           // 2: varint, passed over
            0x19, 1, 0, 0, 0, 0, 0, 0, 0,                         // 3: fixed64 1
            0x22, 2, (byte)'h', (byte)'i',                        // 4: bytes
            0x2D, 9, 9, 9, 9,                                     // 5: fixed32, passed over
            0x30, 0x03,                                           // 6: zigzag -2
            0x3A, 16, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, // 7: packed fixed64
        ];
        var reader = new ProtoReader(message);
        Assert.True(reader.Next());
        Assert.Equal((1, 150UL), (reader.Field, reader.Varint()));
        Assert.True(reader.Next());
        Assert.True(reader.Next());
        Assert.Equal((3, 1UL), (reader.Field, reader.Fixed64()));
        Assert.True(reader.Next());
        Assert.Equal("hi"u8.ToArray(), reader.Bytes().ToArray());
        Assert.True(reader.Next());
        Assert.True(reader.Next());
        Assert.Equal(-2, reader.ZigZag());
        Assert.True(reader.Next());
        Assert.Equal(16, reader.PackedFixed64().Length);
        Assert.False(reader.Next());
    }

    [Theory]
    [InlineData(new byte[] { 0x08 }, "varint is cut off")]
    [InlineData(new byte[] { 0x0A, 0x05, 1 }, "overruns")]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "overruns")]
    [InlineData(new byte[] { 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "longer than 10")]
    [InlineData(new byte[] { 0x09, 1, 2, 3 }, "overruns")]
    [InlineData(new byte[] { 0x00, 0x01 }, "no field number")]
    [InlineData(new byte[] { 0x0B }, "wire type 3")]
    public void Malformed_bytes_are_refused_with_what_is_wrong(byte[] message, string reason)
    {
        var thrown = Assert.Throws<MalformedMessageException>(() =>
        {
            for (var reader = new ProtoReader(message); reader.Next();)
            {
            }
        });
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_of_another_wire_type_is_refused()
    {
        var thrown = Assert.Throws<MalformedMessageException>(() =>
        {
            var reader = new ProtoReader([0x08, 0x01]);
            reader.Next();
            reader.Bytes();
        });
        Assert.Equal("Field 1 has wire type Varint, expected Length.", thrown.Message);
    }
}
