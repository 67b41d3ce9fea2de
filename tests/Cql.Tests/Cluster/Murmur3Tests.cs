using System.Text;
using StockAspire.Cql.Cluster;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Cluster;

public sealed class Murmur3Tests
{
    /// <summary>As <c>SELECT token(k1, k2)</c> of a (text, int) key gives them.</summary>
    [Theory]
    [InlineData("AAPL", 20371, -4762872162712199545)]
    [InlineData("", 0, -150644895381498316)]
    [InlineData("日本", -1, 9196769588719186426)]
    [InlineData("SYM000", 1, 5366251549568095922)]
    [InlineData("K", 2, 7921343166157186315)]
    public void Token_OfTextAndInt(string text, int number, long token)
    {
        using var values = new GrowingBuffer();
        values.WriteBytes(Encoding.UTF8.GetBytes(text));
        values.WriteInt32(4);
        values.WriteInt32(number);

        Assert.Equal(token, RoutingKey.Token(values.Written, [0, 1]));
    }

    [Fact]
    public void Token_OfKeyColumnsOutOfOrder_FollowsTheKey()
    {
        using var values = new GrowingBuffer();
        values.WriteInt32(4);
        values.WriteInt32(20371);
        values.WriteInt32(BodyWriting.NullSize);
        values.WriteBytes("AAPL"u8);

        Assert.Equal(-4762872162712199545, RoutingKey.Token(values.Written, [2, 0]));
        Assert.Null(RoutingKey.Token(values.Written, [1, 0]));
    }
}
