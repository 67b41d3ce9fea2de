using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests;

/// <summary>A real trading day goes in and comes back exactly; the same suite on each kind of Kafka.</summary>
public abstract class RealDaySuite
{
    private const string File = "spy_20131007_trade.zip";
    private const long DayNs = 86_400_000_000_000;
    private static readonly TimeSpan IngestLimit = TimeSpan.FromMinutes(4);
    private static readonly long DayStartNs = (new DateTime(2013, 10, 7, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks * 100;

    private readonly PipelineFixture _fixture;

    private protected RealDaySuite(PipelineFixture fixture)
    {
        Assert.SkipWhen(fixture.Absence is not null, fixture.Absence ?? string.Empty);
        _fixture = fixture;
    }

    private Pipeline Pipeline => _fixture.Pipeline;

    private TickReader Reader => new(Pipeline);

    [Fact]
    public async Task A_day_streamed_by_grpc_comes_back_to_the_last_digit()
    {
        var trades = TradeRow.ReadZip(Repository.RealTrades(File));
        const string Source = "e2e-grpc-spy";

        await new TickClient(Pipeline.Ingest, Source).PublishAsync(trades, IngestLimit);

        await AssertStoredExactlyAsync(trades, Source);
    }

    [Fact]
    public async Task A_day_loaded_from_its_file_comes_back_to_the_last_digit_and_loading_it_again_changes_nothing()
    {
        var trades = TradeRow.ReadZip(Repository.RealTrades(File));

        var first = await LoadAsync();
        await AssertStoredExactlyAsync(trades, first.Load_);
        var sealsBefore = IndependentVerifier.ReadSeals(Pipeline.Kafka, first.Load_);

        var second = await LoadAsync();
        Assert.Equal(first.Load_, second.Load_);
        await AssertStoredExactlyAsync(trades, first.Load_);
        Assert.Equal(
            sealsBefore.Select(seal => (seal.First, seal.Last, Sums(seal))),
            IndependentVerifier.ReadSeals(Pipeline.Kafka, first.Load_).Select(seal => (seal.First, seal.Last, Sums(seal))));
    }

    [Fact]
    public async Task A_day_ingested_by_the_command_line_tool_is_queried_by_it_exactly()
    {
        var file = Repository.RealTrades("aig_20131007_trade.zip");
        var trades = TradeRow.ReadZip(file);
        await using var ingest = Pipeline.RunCommandLine("ingest", file, "--source", "e2e-cli-aig");
        Assert.True(await ingest.ExitAsync(IngestLimit) == 0, ingest.Errors);
        await Reader.DrainedAsync();

        await using var query = Pipeline.RunCommandLine("query", "AIG", "--from", "2013-10-07", "--to", "2013-10-08", "--output", "csv");
        Assert.True(await query.ExitAsync(IngestLimit) == 0, query.Errors);

        var lines = query.Output.Split('\n');
        Assert.Equal(trades.Count + 1, lines.Length);
        for (var i = 0; i < trades.Count; i++)
        {
            var fields = lines[i + 1].Split(',');
            var trade = trades[i];
            Assert.Equal(
                [
                    trade.Symbol,
                    DateTime.UnixEpoch.AddTicks(trade.EventTimeNs / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture),
                    (trade.PriceE9 / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture),
                    (trade.SizeE8 / 1e8m).ToString("0.########", CultureInfo.InvariantCulture),
                    trade.Venue,
                    trade.Condition,
                    "e2e-cli-aig",
                    trade.Sequence.ToString(CultureInfo.InvariantCulture),
                ],
                fields[..8]);
        }

        await using var verify = Pipeline.RunCommandLine("verify", "e2e-cli-aig");
        Assert.True(await verify.ExitAsync(IngestLimit) == 0, verify.Output + verify.Errors);
    }

    private protected async Task AssertStoredExactlyAsync(IReadOnlyList<TradeRow> trades, string source)
    {
        await Reader.DrainedAsync();
        var stored = await Reader.QueryAsync(trades[0].Symbol, DayStartNs, DayStartNs + DayNs);
        var own = stored.Where(row => row.Source == source).ToList();
        Assert.Equal(trades.Count, own.Count);
        for (var i = 0; i < trades.Count; i++)
        {
            Assert.Equal(TickRow.Expected(trades[i], source), own[i]);
        }

        var (findings, summary) = await Reader.VerifyAsync(source);
        Assert.Empty(findings);
        Assert.True(summary.Ok, summary.ToString());
        Assert.Equal(trades.Count, summary.Sealed);
        Assert.Equal(trades.Count, summary.Stored);

        var seals = IndependentVerifier.ReadSeals(Pipeline.Kafka, source);
        Assert.Equal(1UL, seals[0].First);
        Assert.Equal((ulong)trades.Count, seals[^1].Last);
        Assert.Empty(IndependentVerifier.Compare(seals, own));
    }

    private async Task<Load> LoadAsync()
    {
        var client = new IngestService.IngestServiceClient(Pipeline.Ingest);
        var started = await client.StartLoadAsync(new StartLoadRequest { Path = File, Mode = LoadMode.Load });
        return await Eventually.GetAsync(
            "the load's end",
            async () =>
            {
                var load = (await client.GetLoadAsync(new GetLoadRequest { Load = started.Load.Load_ })).Load;
                Assert.NotEqual(LoadState.Failed, load.Record.State);
                return load.Record.State == LoadState.Done ? load : null;
            },
            IngestLimit);
    }

    private static string Sums(Seal seal) => string.Join(';', seal.Symbols.Select(symbol => $"{symbol.Symbol} {symbol.Count} {symbol.HashSum.ToBase64()}"));
}

/// <summary>On the embedded broker.</summary>
[Collection(EmbeddedPipeline.Name)]
public sealed class EmbeddedRealDayTests(EmbeddedFixture fixture) : RealDaySuite(fixture);

/// <summary>On a real Apache Kafka.</summary>
public sealed class RealKafkaRealDayTests(RealKafkaFixture fixture) : RealDaySuite(fixture), IClassFixture<RealKafkaFixture>;

/// <summary>On a real Apache Kafka and a real Apache Cassandra.</summary>
public sealed class RealEnginesRealDayTests(RealEnginesFixture fixture) : RealDaySuite(fixture), IClassFixture<RealEnginesFixture>;

/// <summary>On three nodes of each, with three copies of everything.</summary>
public sealed class ThreeEnginesRealDayTests(ThreeEnginesFixture fixture) : RealDaySuite(fixture), IClassFixture<ThreeEnginesFixture>
{
    [Fact]
    public async Task Topics_have_three_copies_of_which_two_must_be_in_step()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = fixture.Kafka.ContactPoints }).Build();
        string[] topics = ["ticks", "ticks.seals", "sources", "ticks.dlq", "ticks.raw"];
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics));
        Assert.All(described.TopicDescriptions.SelectMany(topic => topic.Partitions), partition => Assert.Equal(3, partition.Replicas.Count));
        var configs = await admin.DescribeConfigsAsync(topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }));
        Assert.All(configs, config => Assert.Equal("2", config.Entries["min.insync.replicas"].Value));
    }
}
