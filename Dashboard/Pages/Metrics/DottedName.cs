using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace StockAspire.Dashboard.Pages.Metrics;

/// <summary>A name that may be broken after each of its dots, and nowhere else.</summary>
public sealed class DottedName : ComponentBase
{
    [Parameter, EditorRequired]
    public string Name { get; set; } = string.Empty;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var (index, part) in Name.Split('.').Index())
        {
            if (index > 0)
            {
                builder.AddMarkupContent(0, ".<wbr>");
            }

            builder.AddContent(1, part);
        }
    }
}
