using System.Text.RegularExpressions;
using Aspire.DashboardService.Proto.V1;
using Google.Protobuf.WellKnownTypes;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Dashboard.Tests.Resources;

namespace StockAspire.Dashboard.Tests.Browser;

public sealed partial class ResourcesPageTests(Chromium chromium)
{
    [Fact]
    public async Task The_table_shows_what_runs_and_follows_each_change()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(4);
        await reader.Expect("tr[data-resource=ingest]").ToContainTextAsync("ingest.csproj");
        await reader.Expect(".page-head [role=status]").ToHaveTextAsync("4, all well");

        scene.AppHost.Change("sink", sink => sink.HealthReports[0] = new HealthReport { Key = "sink_health", Status = HealthStatus.Unhealthy, Description = "the store does not answer" });
        await reader.Expect("tr[data-resource=sink]").ToContainTextAsync("Running, unhealthy");
        scene.AppHost.Change("ingest", ingest =>
        {
            ingest.State = "Exited";
            ingest.Properties.Add(new ResourceProperty { Name = "resource.exitCode", Value = Value.ForNumber(139) });
        });
        await reader.Expect("tr[data-resource=ingest]").ToContainTextAsync("Exited with 139");
        await reader.Expect(".page-head [role=status]").ToHaveTextAsync("4, of which 2 need attention");
        scene.AppHost.Set(SampleResources.Resource("web", "Project", "query"));
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(5);
        scene.AppHost.Remove("web");
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(4);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_filter_looks_into_name_state_type_and_source()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Find("input[type=search]").FillAsync("Executable");
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(1);
        await reader.Expect("tr[data-resource=kafka]").ToHaveCountAsync(1);
        await reader.Find("input[type=search]").FillAsync("nothing like it");
        await reader.Expect("main").ToContainTextAsync("None of 4 resources");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task Details_show_health_references_and_properties_and_hide_the_environment_until_asked()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Find("tr[data-resource=sink] td a >> nth=0").ClickAsync();
        await reader.Page.WaitForURLAsync("**/resources?resource=sink");
        await reader.Expect(".details").ToContainTextAsync("sink_health");
        await reader.Expect(".details").ToContainTextAsync("Waits for");
        await reader.Expect(".details").ToContainTextAsync("4711");
        await reader.Expect(".details").ToContainTextAsync("ConnectionStrings__kafka");
        await reader.Expect(".details").Not.ToContainTextAsync("127.0.0.1:19092");
        await reader.Expect(".details").Not.ToContainTextAsync("PATH");

        await reader.Find(".details .environment button >> nth=0").ClickAsync();
        await reader.Expect(".details .environment").ToContainTextAsync("127.0.0.1:19092");
        await reader.Find(".details h3 button").ClickAsync();
        await reader.Expect(".details .environment").ToContainTextAsync("PATH");

        await reader.Find(".details dd a >> text=kafka >> nth=0").ClickAsync();
        await reader.Expect(".details h2").ToHaveTextAsync("kafka");
        await reader.Find("[aria-label='Close details']").ClickAsync();
        await reader.Expect(".details").ToHaveCountAsync(0);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task The_graph_leads_to_details()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Find(".segments >> text=Graph").ClickAsync();
        await reader.Expect(".graph-node").ToHaveCountAsync(4);
        await reader.Expect("path.graph-edge").ToHaveCountAsync(3);
        await reader.Find("a[aria-label='sink, Running']").ClickAsync();
        await reader.Expect(".details h2").ToHaveTextAsync("sink");
        await reader.Expect(".graph-node.selected").ToHaveCountAsync(1);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_stop_is_asked_about_sent_and_its_outcome_told()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Find("[aria-label='Stop sink']").ClickAsync();
        await reader.Expect(".mud-dialog").ToContainTextAsync("It stays down until it is started again");
        await reader.Find(".mud-dialog button >> text=Cancel").ClickAsync();
        await reader.Expect(".mud-dialog").ToHaveCountAsync(0);
        Assert.Empty(scene.AppHost.Commands);

        await reader.Find("[aria-label='Stop sink']").ClickAsync();
        await reader.Find(".mud-dialog-actions button >> text=Stop").ClickAsync();
        await reader.Expect(".mud-snackbar").ToContainTextAsync("Stop sink: done");
        var command = Assert.Single(scene.AppHost.Commands);
        Assert.Equal(("resource-stop", "sink", "Project"), (command.CommandName, command.ResourceName, command.ResourceType));

        scene.AppHost.NextAnswer = new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Failed, ErrorMessage = "it hangs" };
        await reader.Find("[aria-label='Restart query']").ClickAsync();
        await reader.Find(".mud-dialog-actions button >> text=Restart").ClickAsync();
        await reader.Expect(".mud-snackbar >> text=Restart query: it hangs").ToHaveCountAsync(1);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_restart_of_the_AppHost_is_told_and_survived()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/resources");
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(4);

        await scene.AppHost.StopAsync();
        await reader.Expect(".banner").ToContainTextAsync(NotConnected());
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(4);
        scene.AppHost.Remove("query");
        scene.AppHost.Change("sink", sink => sink.State = "Starting");
        await scene.AppHost.StartAsync();
        await reader.Expect(".banner").ToHaveCountAsync(0);
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(3);
        await reader.Expect("tr[data-resource=sink]").ToContainTextAsync("Starting");
        Assert.Equal([false, true], [scene.AppHost.Reconnects.First(), scene.AppHost.Reconnects.Last()]);
        await reader.AssertTidyAsync();
    }

    [GeneratedRegex(@"Not connected to the AppHost since \d\d:\d\d:\d\d: .+")]
    private static partial Regex NotConnected();
}
