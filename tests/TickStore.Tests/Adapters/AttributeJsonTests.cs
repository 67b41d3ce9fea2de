using System.Text;
using StockAspire.Market;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Tests.Adapters;

public sealed class AttributeJsonTests
{
    private readonly AttributeJson _json = new();

    public static TheoryData<AttributeValue, string> Values => new()
    {
        { AttributeValue.Number("1.50"), "1.50" },
        { AttributeValue.Number("-0"), "-0" },
        { AttributeValue.Number("0.5E+10"), "0.5E+10" },
        { AttributeValue.Number("007"), """{"number":"007"}""" },
        { AttributeValue.Number("-00.1"), """{"number":"-00.1"}""" },
        { AttributeValue.OfText("a\"é😀"), """
            "a\"é😀"
            """ },
        { AttributeValue.OfText("true"), "\"true\"" },
        { AttributeValue.Flag(true), "true" },
        { AttributeValue.Flag(false), "false" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_kept_in_the_JSON_of_its_kind(AttributeValue value, string expected)
    {
        var attributes = AttributeMap.Of(new KeyValuePair<string, AttributeValue>("x", value));
        var json = Encoding.UTF8.GetString(_json.Encode(attributes));

        // The encoder may escape what lies beyond the basic plane.
        Assert.Equal($$"""{"x":{{expected}}}""", json.Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal));
        Assert.Equal(attributes, _json.Decode(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"x\":")]
    [InlineData("{\"x\":null}")]
    [InlineData("{\"x\":[1]}")]
    [InlineData("{\"x\":{\"number\":\"abc\"}}")]
    [InlineData("{\"x\":1,\"x\":2}")]
    public void Damaged_attributes_say_so(string json) =>
        Assert.Throws<TickStoreSchemaException>(() => _json.Decode(Encoding.UTF8.GetBytes(json)));
}
