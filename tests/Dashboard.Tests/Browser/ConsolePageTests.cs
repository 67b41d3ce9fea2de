using StockAspire.Dashboard.Tests.Harness;

namespace StockAspire.Dashboard.Tests.Browser;

public sealed class ConsolePageTests(Chromium chromium)
{
    [Fact]
    public async Task Lines_come_as_they_are_written_with_numbers_times_colours_and_errors_marked()
    {
        await using var scene = await Scene.StartAsync();
        scene.AppHost.Write("sink", "2026-01-02T03:04:05.678Z \e[32minfo\e[0m: joined <the> group");
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=sink");
        await reader.Expect(".line .text").ToHaveTextAsync("info: joined <the> group");
        await reader.Expect(".line .number").ToHaveTextAsync("1");
        await reader.Expect(".line .time").ToContainTextAsync(":05.678");
        await reader.Expect(".line .ansi-fg-2").ToHaveTextAsync("info");

        scene.AppHost.Write("sink", "disk full", isError: true);
        await reader.Expect(".line.stderr").ToContainTextAsync("disk full");
        await reader.Expect(".line.stderr .mark").ToHaveTextAsync("err");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task It_follows_the_end_filters_pauses_and_keeps_only_what_is_in_sight_in_the_page()
    {
        await using var scene = await Scene.StartAsync();
        for (var i = 1; i <= 3_000; i++)
            scene.AppHost.Write("ingest", $"row {i}");
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=ingest");
        await reader.Expect(".line >> text=/row 3000$/").ToBeInViewportAsync();
        Assert.InRange(await reader.Find(".line").CountAsync(), 1, 200);
        scene.AppHost.Write("ingest", "row 3001");
        await reader.Expect(".line >> text=/row 3001$/").ToBeInViewportAsync();

        await reader.Find("[aria-label=Pause]").ClickAsync();
        await reader.Expect("[aria-label='Go on']").ToHaveCountAsync(1);
        scene.AppHost.Write("ingest", "row 3002");
        await reader.Expect(".console-foot").ToHaveTextAsync("3,001 lines, paused");
        await reader.Find("[aria-label='Go on']").ClickAsync();
        await reader.Expect(".line >> text=/row 3002$/").ToBeInViewportAsync();

        await reader.Find("input[type=search]").FillAsync("ROW 299");
        await reader.Expect(".console-foot").ToHaveTextAsync("11 lines with \"ROW 299\"");
        await reader.Expect(".line").ToHaveCountAsync(11);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_reader_who_scrolled_up_stays_there_until_going_to_the_end()
    {
        await using var scene = await Scene.StartAsync();
        for (var i = 1; i <= 500; i++)
            scene.AppHost.Write("ingest", $"row {i}");
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=ingest");
        await reader.Expect(".line >> text=/row 500$/").ToBeInViewportAsync();
        await reader.Find(".console").HoverAsync();
        await reader.Page.Mouse.WheelAsync(0, -100_000);
        await reader.Expect(".line >> text=/row 1$/").ToBeInViewportAsync();

        scene.AppHost.Write("ingest", "row 501");
        await reader.Expect(".console-foot").ToHaveTextAsync("501 lines");
        await reader.Expect(".line >> text=/row 1$/").ToBeInViewportAsync();
        await reader.Find("[aria-label='To the end']").ClickAsync();
        await reader.Expect(".line >> text=/row 501$/").ToBeInViewportAsync();
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task All_kept_lines_can_be_downloaded_as_plain_text()
    {
        await using var scene = await Scene.StartAsync();
        scene.AppHost.Write("sink", "\e[31mred\e[0m");
        scene.AppHost.Write("sink", "second");
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=sink");
        var download = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Find("[aria-label=Download]").ClickAsync());
        Assert.Equal("sink.log", download.SuggestedFilename);
        Assert.Equal("red\nsecond\n", await File.ReadAllTextAsync(await download.PathAsync()));
        reader.AssertNoComplaint();
    }

    [Fact]
    public async Task A_silent_resource_is_told_from_an_AppHost_that_has_not_answered()
    {
        await using var scene = await Scene.StartAsync();
        var open = new TaskCompletionSource();
        scene.AppHost.ConsolesOpen = open.Task;
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=sink");
        await reader.Expect(".console-foot").ToHaveTextAsync("Connecting");
        open.SetResult();
        await reader.Expect(".console-foot").ToHaveTextAsync("Connected, nothing printed yet");
        scene.AppHost.Write("sink", "first words");
        await reader.Expect(".console-foot").ToHaveTextAsync("1 line");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task Another_resource_is_chosen_and_a_restart_of_it_and_of_the_AppHost_is_followed()
    {
        await using var scene = await Scene.StartAsync();
        scene.AppHost.Write("kafka", "broker is up");
        scene.AppHost.Write("sink", "first run");
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=kafka");
        await reader.Expect(".line .text").ToHaveTextAsync("broker is up");
        await reader.Find("select").SelectOptionAsync("sink");
        await reader.Expect(".line .text").ToHaveTextAsync("first run");

        scene.AppHost.Change("sink", sink => (sink.Uid, sink.State) = ("sink-2", "Starting"));
        await reader.Expect(".page-head .pill").ToHaveTextAsync("Starting");
        scene.AppHost.Write("sink", "second run");
        await reader.Expect(".line >> text=second run").ToHaveCountAsync(1);

        await scene.AppHost.StopAsync();
        await reader.Expect(".console-foot").ToContainTextAsync("No new lines: ");
        await scene.AppHost.StartAsync();
        await reader.Expect(".console-foot").ToHaveTextAsync("2 lines");
        scene.AppHost.Write("sink", "third");
        await reader.Expect(".line").ToHaveCountAsync(3);
        await reader.AssertTidyAsync();
    }
}
