using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.Fault.Tests;

/// <summary>
/// Kills a process of the pipeline with SIGKILL at random points while a real day goes in; the AppHost starts it again,
/// and the stored day must be exactly the file. The seed of the points is printed by a failure; STOCKASPIRE_SEED repeats it.
/// </summary>
public abstract class CrashSuite
{
    private const string File = "ibm_20131007_trade.zip";
    private static readonly TimeSpan IngestLimit = TimeSpan.FromMinutes(8);

    private readonly PipelineFixture _fixture;

    private protected CrashSuite(PipelineFixture fixture)
    {
        Assert.SkipWhen(fixture.Absence is not null, fixture.Absence ?? string.Empty);
        _fixture = fixture;
    }

    /// <summary>Of one process while a day goes in.</summary>
    private protected virtual int Kills => TestRun.IsLong ? 20 : 3;

    private Pipeline Pipeline => _fixture.Pipeline;

    [Theory]
    [InlineData("ingest")]
    [InlineData("sink")]
    [InlineData("kafka")]
    [InlineData("query")]
    public async Task A_streamed_day_is_stored_exactly_although_a_process_is_killed_again_and_again(string resource)
    {
        Assert.SkipWhen(resource == "kafka" && _fixture is RealKafkaFixture, "the AppHost does not own an external Kafka");
        var trades = TradeRow.ReadZip(Repository.RealTrades(File));
        var source = $"fault-{resource}-{Guid.NewGuid():N}";
        var seed = TestRun.Seed;
        var points = Points(seed, trades.Count);

        await new TickClient(Pipeline.Ingest, source).PublishAsync(
            trades,
            IngestLimit,
            async through =>
            {
                while (points.Count > 0 && points.Peek() <= through)
                {
                    points.Dequeue();
                    await Pipeline.CrashAsync(resource);
                }
            });

        Assert.Empty(points);
        await StoredDay.AssertExactAsync(Pipeline, trades, source, $"{resource}, seed {seed}");
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("kafka")]
    public async Task A_loaded_day_is_stored_exactly_although_a_process_is_killed_again_and_again(string resource)
    {
        Assert.SkipWhen(resource == "kafka" && _fixture is RealKafkaFixture, "the AppHost does not own an external Kafka");

        // A file of its own for each case: the same bytes would be the same source, already loaded.
        var file = resource == "ingest" ? "aig_20131007_trade.zip" : "aig_20131008_trade.zip";
        var trades = TradeRow.ReadZip(Repository.RealTrades(file));
        var seed = TestRun.Seed;
        var points = Points(seed, trades.Count);
        var client = new IngestService.IngestServiceClient(Pipeline.Ingest);
        var load = (await client.StartLoadAsync(new StartLoadRequest { Path = file, Mode = LoadMode.Load, Rate = 4_000 })).Load.Load_;

        await Eventually.TrueAsync(
            $"the end of load {load}, killed with seed {seed}",
            async () =>
            {
                var now = (await client.GetLoadAsync(new GetLoadRequest { Load = load })).Load;
                while (points.Count > 0 && points.Peek() <= now.RowsSealed)
                {
                    points.Dequeue();
                    await Pipeline.CrashAsync(resource);
                }

                Assert.NotEqual(LoadState.Failed, now.Record.State);
                return now.Record.State == LoadState.Done;
            },
            IngestLimit);

        await StoredDay.AssertExactAsync(Pipeline, trades, load, $"{resource}, seed {seed}");
    }

    private Queue<ulong> Points(int seed, int rows)
    {
        var random = new Random(seed);
        return new Queue<ulong>(Enumerable.Range(0, Kills).Select(_ => (ulong)random.NextInt64(1, rows * 9L / 10)).Order());
    }
}

/// <summary>Embedded broker and store.</summary>
[Collection(EmbeddedPipeline.Name)]
public sealed class EmbeddedCrashTests(EmbeddedFixture fixture) : CrashSuite(fixture);

/// <summary>Real Apache Kafka.</summary>
public sealed class RealKafkaCrashTests(RealKafkaFixture fixture) : CrashSuite(fixture), IClassFixture<RealKafkaFixture>;

/// <summary>Real Apache Kafka and Apache Cassandra.</summary>
[Collection(OneOfEach.Name)]
public sealed class RealEnginesCrashTests(RealEnginesFixture fixture) : CrashSuite(fixture);

/// <summary>Three nodes of each, with three copies of everything.</summary>
[Collection(ThreeOfEach.Name)]
public sealed class ThreeEnginesCrashTests(ThreeEnginesFixture fixture) : CrashSuite(fixture)
{
    /// <summary>Beside six servers, a service takes half a minute to come back.</summary>
    private protected override int Kills => 5;
}
