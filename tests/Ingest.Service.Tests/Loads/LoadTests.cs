using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.Market;
using StockAspire.Protos.V1;
using Seal = StockAspire.Market.Seals.Seal;

namespace StockAspire.Ingest.Service.Tests.Loads;

public sealed class LoadTests(KafkaFixture kafka)
{
    [Fact]
    public async Task A_file_is_loaded_row_for_row_with_its_bad_rows_as_dead_letters()
    {
        using var folder = new CsvFolder();
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var load = await LoadAsync(host, new StartLoadRequest { Path = folder.WriteRows("rows.csv", 10_000, bad: [17, 4_096, 4_097]) });

        Assert.Equal(LoadState.Done, load.Record.State);
        Assert.Equal((10_000UL, 9_997UL, 3UL), (load.RowsRead, load.RowsSealed, load.RowsRejected));
        Assert.Equal((9_997UL, 3UL), (load.Record.Accepted, load.Record.Rejected));
        Assert.StartsWith("csv:", load.Load_, StringComparison.Ordinal);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, load.Load_);
        Assert.Equal(9_997, ticks.Count);
        Assert.All(ticks, tick => Assert.Equal((long)tick.Id.Sequence * 100_000_000, tick.Size.E8));
        var seals = TopicContents.Seals(kafka.BootstrapServers, load.Load_);
        Assert.Equal([1UL, 4_097UL, 8_193UL], seals.Select(seal => seal.First));
        TopicContents.AssertSealed(seals, ticks, 17, 4_096, 4_097);
        var letters = TopicContents.DeadLetters(kafka.BootstrapServers, load.Load_);
        Assert.Equal(["18", "4097", "4098"], letters.Select(letter => letter.Headers["line"]));
        Assert.All(letters, letter => Assert.Equal(("rows.csv", "\"none\" in column price"), (letter.Headers["path"], letter.Headers["actual"])));
    }

    [Fact]
    public async Task The_same_file_again_writes_the_same_seals()
    {
        using var folder = new CsvFolder();
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var path = folder.WriteRows("again.csv", 9_000, bad: 5_000);
        var first = await LoadAsync(host, new StartLoadRequest { Path = path });
        var before = TopicContents.Seals(kafka.BootstrapServers, first.Load_);
        var second = await LoadAsync(host, new StartLoadRequest { Path = path, Rate = 100_000 });

        Assert.Equal(first.Load_, second.Load_);
        Assert.Equal((8_999UL, 1UL), (second.Record.Accepted, second.Record.Rejected));
        Assert.Equal(before.Select(Promise), TopicContents.Seals(kafka.BootstrapServers, first.Load_).Select(Promise));
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, first.Load_);
        Assert.Equal(8_999 * 2, ticks.Count);
        Assert.Equal(8_999, ticks.Select(tick => tick with { IngestTimeNs = 0 }).Distinct().Count());
    }

    [Fact]
    public async Task A_file_of_errors_fails_with_the_first_of_them()
    {
        using var folder = new CsvFolder();
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var load = await LoadAsync(host, new StartLoadRequest { Path = folder.WriteRows("errors.csv", 3, bad: [1, 2, 3]) });
        Assert.Equal(LoadState.Failed, load.Record.State);
        Assert.Contains("line 2", load.Record.Failure, StringComparison.Ordinal);
        Assert.Contains("price", load.Record.Failure, StringComparison.Ordinal);
        Assert.Equal(3, TopicContents.DeadLetters(kafka.BootstrapServers, load.Load_).Count);
    }

    [Theory]
    [InlineData("../outside.csv", StatusCode.InvalidArgument)]
    [InlineData("link.csv", StatusCode.InvalidArgument)]
    [InlineData("folder-link/outside.csv", StatusCode.InvalidArgument)]
    [InlineData("/etc/passwd", StatusCode.InvalidArgument)]
    [InlineData("absent.csv", StatusCode.NotFound)]
    [InlineData("", StatusCode.InvalidArgument)]
    public async Task A_path_that_leads_elsewhere_is_refused(string path, StatusCode expected)
    {
        using var folder = new CsvFolder();
        using var outside = new CsvFolder();
        var target = Path.Combine(outside.Root, outside.WriteRows("outside.csv", 1));
        File.CreateSymbolicLink(Path.Combine(folder.Root, "link.csv"), target);
        Directory.CreateSymbolicLink(Path.Combine(folder.Root, "folder-link"), outside.Root);
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.StartLoadAsync(new StartLoadRequest { Path = path }));
        Assert.Equal(expected, failure.StatusCode);
        Assert.Contains("Ingest:CsvRoot", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_load_goes_on_after_the_restart_without_a_double()
    {
        using var folder = new CsvFolder();
        var settings = folder.Settings();
        var path = folder.WriteRows("interrupted.csv", 6_000, bad: 100);
        string source;
        await using (var host = await IngestHost.StartAsync(kafka.BootstrapServers, settings))
        {
            source = (await host.Client.StartLoadAsync(new StartLoadRequest { Path = path, Rate = 5_000 })).Load.Load_;
            await Eventually.BecomesAsync("a part of the rows", () => LoadOfAsync(host, source), load => load.RowsSealed > 500);
            await host.StopAsync();
        }

        var between = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.InRange(between.Count, 501, 5_998);
        await using var again = await IngestHost.StartAsync(kafka.BootstrapServers, settings);
        var done = await EndAsync(again, source);
        Assert.Equal((LoadState.Done, 5_999UL, 1UL), (done.Record.State, done.Record.Accepted, done.Record.Rejected));
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(5_999, ticks.Count);
        var seals = TopicContents.Seals(kafka.BootstrapServers, source);
        Assert.Equal([1UL, 4_097UL], seals.Select(seal => seal.First));
        TopicContents.AssertSealed(seals, ticks, 100);
    }

    [Fact]
    public async Task A_file_that_changed_meanwhile_fails_its_load()
    {
        using var folder = new CsvFolder();
        var settings = folder.Settings();
        var path = folder.WriteRows("changing.csv", 5_000);
        string source;
        await using (var host = await IngestHost.StartAsync(kafka.BootstrapServers, settings))
        {
            source = (await host.Client.StartLoadAsync(new StartLoadRequest { Path = path, Rate = 100 })).Load.Load_;
            await host.StopAsync();
        }

        folder.WriteRows("changing.csv", 5_000);
        await using var again = await IngestHost.StartAsync(kafka.BootstrapServers, settings);
        var load = await EndAsync(again, source);
        Assert.Equal(LoadState.Failed, load.Record.State);
        Assert.Contains("content hash", load.Record.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sampled_run_goes_on_after_the_restart_and_each_tick_is_a_function_of_its_sequence()
    {
        using var folder = new CsvFolder();
        var settings = folder.Settings();
        settings["Ingest:Feeds:0:Path"] = folder.WriteRows("sampled.csv", 50);
        settings["Ingest:Feeds:0:Mode"] = "sample";
        settings["Ingest:Feeds:0:Interval"] = "00:00:00.002";
        Load load;
        await using (var host = await IngestHost.StartAsync(kafka.BootstrapServers, settings))
        {
            load = await Eventually.BecomesAsync("the first rows", () => OnlyAsync(host), load => load?.RowsSealed > 20) ?? throw new InvalidOperationException();
            await host.StopAsync();
        }

        var source = load.Load_;
        Assert.StartsWith("run:", source, StringComparison.Ordinal);
        var before = TopicContents.Ticks(kafka.BootstrapServers, source).Count;
        await using var again = await IngestHost.StartAsync(kafka.BootstrapServers, settings);
        await Eventually.BecomesAsync("more rows", () => TopicContents.Ticks(kafka.BootstrapServers, source).Count, count => count > before + 20);
        await again.Client.CancelLoadAsync(new CancelLoadRequest { Load = source });
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(ticks.Count, ticks.DistinctBy(tick => tick.Id).Count());
        Assert.All(ticks, tick => Assert.Equal(load.Record.BaseTimeNs + ((long)tick.Id.Sequence * 2 * UnixTime.NsPerMillisecond), tick.EventTimeNs));
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), ticks);
    }

    [Fact]
    public async Task A_feed_whose_path_is_empty_is_off()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Ingest:Feeds:0:Path"] = string.Empty,
            ["Ingest:Feeds:0:Mode"] = "sample",
            ["Ingest:Feeds:kept:Path"] = "kept.csv",
        };
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, settings, ready: false);
        var options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<IngestOptions>>().Value;
        Assert.Equal("kept", Assert.Single(options.Feeds.Keys));
    }

    [Fact]
    public async Task A_replay_keeps_the_files_pace_shifted_to_its_beginning()
    {
        using var folder = new CsvFolder();
        // A chunk is stamped when it begins; the last of 1,000 rows is due after 400 ms.
        const long ChunkNs = 100 * UnixTime.NsPerMillisecond;
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var load = await LoadAsync(host, new StartLoadRequest { Path = folder.WriteRows("replayed.csv", 1_000, bad: 3), Mode = LoadMode.Replay, Speed = "2.5" });
        Assert.Equal((LoadState.Done, 999UL), (load.Record.State, load.Record.Accepted));
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, load.Load_);
        Assert.All(ticks, tick => Assert.Equal(
            load.Record.BaseTimeNs + (((long)tick.Id.Sequence - 1) * UnixTime.NsPerMillisecond * 2 / 5), tick.EventTimeNs));
        Assert.All(ticks, tick => Assert.True(tick.IngestTimeNs >= tick.EventTimeNs - ChunkNs, "A tick was sent before its time."));
    }

    [Fact]
    public async Task A_looped_load_begins_again_and_is_cancelled()
    {
        using var folder = new CsvFolder();
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, folder.Settings());
        var source = (await host.Client.StartLoadAsync(new StartLoadRequest { Path = folder.WriteRows("looped.csv", 100), Loop = true, Rate = 10_000 })).Load.Load_;
        await Eventually.BecomesAsync("a part of the rows", () => LoadOfAsync(host, source), load => load.RowsSealed > 250);
        var load = (await host.Client.CancelLoadAsync(new CancelLoadRequest { Load = source })).Load;
        Assert.Equal(LoadState.Cancelled, load.Record.State);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.All(ticks, tick => Assert.Equal((long)(((tick.Id.Sequence - 1) % 100) + 1) * 100_000_000, tick.Size.E8));
        Assert.Equal((ulong)ticks.Count, load.Record.Accepted);
    }

    [Fact]
    public async Task A_real_day_is_loaded_completely()
    {
        var data = Path.Combine(Checkout.Shared, "data");
        Assert.SkipUnless(Directory.Exists(data), $"needs the real trades in {data}");
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, new Dictionary<string, string?> { ["Ingest:CsvRoot"] = data });
        var load = await LoadAsync(host, new StartLoadRequest { Path = "spy_20131007_trade.zip" });
        Assert.Equal(LoadState.Done, load.Record.State);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, load.Load_);
        Assert.Equal(load.Record.Accepted, (ulong)ticks.Count);
        Assert.Equal(250_601, ticks.Count);
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, load.Load_), ticks);
    }

    private static (string Key, ulong Last, string Rejected, string Symbols) Promise(Seal seal) =>
        (seal.Key, seal.Last, string.Join(',', seal.Rejected), string.Join(',', seal.Symbols));

    private static async Task<Load?> OnlyAsync(IngestHost host)
    {
        var mine = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<IngestOptions>>().Value.Instance;
        return (await host.Client.ListLoadsAsync(new ListLoadsRequest { PageSize = 1_000 })).Loads.SingleOrDefault(load => load.Record.Owner == mine);
    }

    private static async Task<Load> LoadAsync(IngestHost host, StartLoadRequest request) =>
        await EndAsync(host, (await host.Client.StartLoadAsync(request)).Load.Load_);

    private static Task<Load> EndAsync(IngestHost host, string source) =>
        Eventually.BecomesAsync("the load's end", () => LoadOfAsync(host, source), load => load.Record.State != LoadState.Running);

    private static async Task<Load> LoadOfAsync(IngestHost host, string source) => (await host.Client.GetLoadAsync(new GetLoadRequest { Load = source })).Load;
}
