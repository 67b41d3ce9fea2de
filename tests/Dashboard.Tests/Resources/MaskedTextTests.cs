using Bunit;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.Tests.Resources;

public sealed class MaskedTextTests : BunitContext
{
    [Fact]
    public void A_sensitive_value_is_in_the_page_only_after_it_was_asked_for()
    {
        var text = Render<MaskedText>(parameters => parameters.Add(text => text.Text, "hunter2").Add(text => text.IsSensitive, true));
        Assert.DoesNotContain("hunter2", text.Markup, StringComparison.Ordinal);

        text.Find("button").Click();
        Assert.Contains("hunter2", text.Markup, StringComparison.Ordinal);
        text.Find("button").Click();
        Assert.DoesNotContain("hunter2", text.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_other_value_is_shown_as_text()
    {
        var text = Render<MaskedText>(parameters => parameters.Add(text => text.Text, "<script>"));
        Assert.Equal("<script>", text.Find(".value").TextContent);
        Assert.Empty(text.FindAll("button"));
    }
}
