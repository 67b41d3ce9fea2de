using Aspire.DashboardService.Proto.V1;
using Google.Protobuf.WellKnownTypes;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.Tests.Resources;

public sealed class ResourceViewTests
{
    [Theory]
    [InlineData("Running", null, "Running", Attention.Good)]
    [InlineData("Running", HealthStatus.Healthy, "Running", Attention.Good)]
    [InlineData("Running", HealthStatus.Unhealthy, "Running, unhealthy", Attention.Error)]
    [InlineData("Running", HealthStatus.Degraded, "Running, degraded", Attention.Warning)]
    [InlineData("Starting", HealthStatus.Unhealthy, "Starting", Attention.Moving)]
    [InlineData("Waiting", null, "Waiting", Attention.Moving)]
    [InlineData("FailedToStart", null, "Failed to start", Attention.Error)]
    [InlineData("NotStarted", null, "Not started", Attention.Quiet)]
    [InlineData("", null, "Unknown", Attention.Quiet)]
    public void State_and_health_make_words_and_attention(string state, HealthStatus? health, string text, Attention attention)
    {
        var resource = new Resource { Name = "a", State = state };
        if (health is { } status)
            resource.HealthReports.Add(new HealthReport { Key = "k", Status = status });
        var view = new ResourceView(resource, "a");
        Assert.Equal((text, attention), (view.StateText, view.Attention));
    }

    [Theory]
    [InlineData(0, "Exited with 0", Attention.Quiet)]
    [InlineData(139, "Exited with 139", Attention.Error)]
    public void An_exit_code_tells_an_end_from_a_crash(int code, string text, Attention attention)
    {
        var resource = new Resource { Name = "a", State = "Exited", Properties = { new ResourceProperty { Name = "resource.exitCode", Value = Value.ForNumber(code) } } };
        var view = new ResourceView(resource, "a");
        Assert.Equal((text, attention), (view.StateText, view.Attention));
    }

    [Fact]
    public void A_check_that_was_not_asked_yet_is_no_health()
    {
        var view = new ResourceView(new Resource { State = "Running", HealthReports = { new HealthReport { Key = "k" } } }, "a");
        Assert.Equal(("Running, health unknown", Attention.Moving), (view.StateText, view.Attention));
    }

    [Fact]
    public void The_source_is_what_runs()
    {
        Assert.Equal("Sink.csproj", Source(("project.path", Value.ForString("/a/b/Sink.csproj")), ("executable.path", Value.ForString("/usr/bin/dotnet"))));
        Assert.Equal("dotnet a.dll --port 5", Source(("executable.path", Value.ForString("/usr/bin/dotnet")), ("executable.args", Value.ForList(Value.ForString("a.dll"), Value.ForString("--port"), Value.ForNumber(5)))));
        Assert.Equal("cassandra:5.0", Source(("container.image", Value.ForString("cassandra:5.0"))));
        Assert.Equal(string.Empty, Source());
    }

    [Theory]
    [InlineData("http://127.0.0.1:5101", true)]
    [InlineData("https://example.com/a", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("tcp://127.0.0.1:19092", false)]
    [InlineData("127.0.0.1:19092", false)]
    public void Only_a_web_address_becomes_a_link(string url, bool isLink) => Assert.Equal(isLink, ResourceView.IsWebUrl(url));

    private static string Source(params (string Name, Value Value)[] properties)
    {
        var resource = new Resource();
        resource.Properties.AddRange(properties.Select(property => new ResourceProperty { Name = property.Name, Value = property.Value }));
        return new ResourceView(resource, "a").Source;
    }
}
