
namespace StockAspire.TickStream.Tests;

public sealed class SymbolPartitionTests
{
    /// <summary>From Apache Kafka's own UtilsTest.testMurmur2.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_is_that_of_the_Java_client(string key, int expected) =>
        Assert.Equal(expected, (int)SymbolPartition.Murmur2(System.Text.Encoding.UTF8.GetBytes(key)));
}
