using StockAspire.Dashboard.Tests.Harness;

namespace StockAspire.Dashboard.Tests.Browser;

public sealed class PipelinePageTests(Chromium chromium)
{
    [Fact]
    public async Task The_first_page_shows_the_flow_as_it_is_and_as_it_changes()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        await reader.Expect(".verdict span").ToHaveTextAsync("All well: 1,200 ticks/s come in, 30 wait to be stored, the oldest for 250 ms.");
        await reader.Expect("[data-figure=published]").ToHaveTextAsync("120,030");
        await reader.Expect("[data-figure=dead-letters]").ToHaveTextAsync("2");
        await reader.Expect(".partitions tr").ToHaveCountAsync(8);
        await reader.Expect("[data-stage=Ingest]").ToContainTextAsync("Running");

        var status = Scene.Flowing();
        status.PublishedTicks = 130_000;
        status.LagTicks = 10_000;
        status.StoredPerSecond = 0;
        status.OldestUnstoredAgeMs = 35_000;
        scene.Query.Status = status;
        await reader.Expect(".verdict.warning span").ToHaveTextAsync("The Sink: stores nothing, oldest waits 35 s.");
        await reader.Expect("[data-figure=published]").ToHaveTextAsync("130,000");
        await reader.Expect(".charts path.line-lag").ToHaveCountAsync(1);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task It_says_who_is_away_and_since_when_and_comes_back_by_itself()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        await reader.Expect(".verdict.good").ToHaveCountAsync(1);

        await scene.Query.StopAsync();
        await reader.Expect(".verdict.error span").ToContainTextAsync(Since("Query: no answer since "));
        await reader.Expect(".flow.stale").ToHaveCountAsync(1);
        await reader.Expect("[data-figure=published]").ToHaveTextAsync("120,030");
        await scene.AppHost.StopAsync();
        await reader.Expect(".banner").ToContainTextAsync(Since("Not connected to the AppHost since "));
        await reader.PictureAsync("pipeline-away");

        await scene.Query.StartAsync();
        await scene.AppHost.StartAsync();
        await reader.Expect(".verdict.good").ToHaveCountAsync(1);
        await reader.Expect(".banner").ToHaveCountAsync(0);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_stage_that_ends_turns_red_and_leads_to_its_details()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        scene.AppHost.Change("sink", sink => sink.State = "Exited");
        await reader.Expect("[data-stage=Sink].error").ToContainTextAsync("Exited");
        await reader.Expect(".verdict.error span").ToHaveTextAsync("The Sink: Exited.");
        await reader.PictureAsync("pipeline-error");

        await reader.Find("[data-stage=Sink] h2 a").ClickAsync();
        await reader.Expect(".details h2").ToHaveTextAsync("sink");
        await reader.AssertTidyAsync();
    }

    private static System.Text.RegularExpressions.Regex Since(string before) => new(before + @"\d\d:\d\d:\d\d");
}
