namespace StockAspire.TickStore.Cassandra.Tests;

public sealed class SequenceBytesTests
{
    /// <summary>native_protocol_v4.spec, 6.24, has the first and third to fifth of these.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7f")]
    [InlineData(128, "0080")]
    [InlineData(129, "0081")]
    [InlineData(255, "00ff")]
    [InlineData(256, "0100")]
    [InlineData(32767, "7fff")]
    [InlineData(32768, "008000")]
    [InlineData(long.MaxValue, "7fffffffffffffff")]
    [InlineData(1UL << 63, "008000000000000000")]
    [InlineData(ulong.MaxValue, "00ffffffffffffffff")]
    public void A_sequence_is_the_shortest_varint_and_back(ulong sequence, string bytes)
    {
        Span<byte> buffer = stackalloc byte[SequenceBytes.SizeMax];
        var written = SequenceBytes.Write(sequence, buffer);
        Assert.Equal(bytes, Convert.ToHexStringLower(written));
        Assert.Equal(sequence, SequenceBytes.Read(written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("80")]
    [InlineData("010000000000000000")]
    public void What_is_no_sequence_is_refused(string bytes) =>
        Assert.Throws<TickStoreSchemaException>(() => SequenceBytes.Read(Convert.FromHexString(bytes)));
}
