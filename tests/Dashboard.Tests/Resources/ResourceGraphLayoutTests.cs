using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.Tests.Resources;

public sealed class ResourceGraphLayoutTests
{
    [Fact]
    public void Each_stands_to_the_right_of_what_it_needs()
    {
        var layout = ResourceGraphLayout.Of(Views(SampleResources.Pipeline()));
        var kafka = layout.Nodes.Single(node => node.View.Name == "kafka");
        Assert.All(layout.Nodes.Where(node => node != kafka), node => Assert.True(node.X >= kafka.X + ResourceGraphLayout.NodeWidth));
    }

    [Fact]
    public void Two_kinds_of_relationship_are_one_line()
    {
        var layout = ResourceGraphLayout.Of(Views(SampleResources.Pipeline()));
        Assert.Equal(3, layout.Edges.Count);
        Assert.All(layout.Edges, edge => Assert.Equal("Reference, WaitFor", edge.Types));
    }

    [Fact]
    public void No_node_covers_another_and_all_are_within_the_picture()
    {
        var layout = ResourceGraphLayout.Of(Views([.. SampleResources.Pipeline(), SampleResources.Resource("web", "Project", "query", "sink"), SampleResources.Resource("alone", "Project")]));
        Assert.Equal(6, layout.Nodes.Count);
        Assert.All(layout.Nodes, node => Assert.True(node.X >= 0 && node.Y >= 0 && node.X + ResourceGraphLayout.NodeWidth <= layout.Width && node.Y + ResourceGraphLayout.NodeHeight <= layout.Height));
        foreach (var one in layout.Nodes)
            Assert.DoesNotContain(layout.Nodes, other => other != one && Math.Abs(other.X - one.X) < ResourceGraphLayout.NodeWidth && Math.Abs(other.Y - one.Y) < ResourceGraphLayout.NodeHeight);
    }

    [Fact]
    public void A_circle_and_an_unknown_name_do_no_harm()
    {
        var layout = ResourceGraphLayout.Of(Views([SampleResources.Resource("a", "Project", "b"), SampleResources.Resource("b", "Project", "a", "b", "nowhere")]));
        Assert.Equal(2, layout.Nodes.Count);
        Assert.Equal(2, layout.Edges.Count);
    }

    [Fact]
    public void Nothing_is_an_empty_picture() => Assert.Equal((0, 0), (ResourceGraphLayout.Of([]).Width, ResourceGraphLayout.Of([]).Height));

    private static List<ResourceView> Views(Resource[] resources) => [.. resources.Select(resource => new ResourceView(resource, resource.DisplayName))];
}
