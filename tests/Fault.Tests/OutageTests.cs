using System.Diagnostics;
using Microsoft.Data.Sqlite;
using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.Fault.Tests;

/// <summary>
/// The store or the broker is away longer than any request waits, while a real day goes in: afterwards nothing is
/// missing or twice, and nobody had to be restarted. A minute in the long run.
/// </summary>
[Collection(EmbeddedPipeline.Name)]
public sealed class OutageTests(EmbeddedFixture fixture)
{
    private const string File = "ibm_20131008_trade.zip";
    private const int Stop = 19;
    private const int Continue = 18;
    private static readonly TimeSpan IngestLimit = TimeSpan.FromMinutes(5);

    /// <summary>Longer than Store:RequestTimeout and the Sink's session, both 10 s.</summary>
    private static readonly TimeSpan Outage = TestRun.IsLong ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_day_is_stored_exactly_although_the_store_is_locked_for_a_while()
    {
        var trades = TradeRow.ReadZip(Repository.RealTrades(File));
        const string Source = "outage-store";
        await using (var other = new SqliteConnection($"Data Source={fixture.Pipeline.TickStoreFile}"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var locked = other.BeginTransaction(deferred: false);
            await new TickClient(fixture.Pipeline.Ingest, Source).PublishAsync(trades, IngestLimit);
            await OutageAsync();
        }

        await StoredDay.AssertExactAsync(fixture.Pipeline, trades, Source, "store locked");
    }

    [Fact]
    public async Task A_day_is_stored_exactly_although_the_broker_stands_still_for_a_while()
    {
        var trades = TradeRow.ReadZip(Repository.RealTrades(File));
        const string Source = "outage-broker";
        var broker = fixture.Pipeline.ProcessId("kafka");
        var client = new TickClient(fixture.Pipeline.Ingest, Source);
        Task? outage = null;
        await client.PublishAsync(
            trades,
            IngestLimit,
            _ =>
            {
                outage ??= StandStillAsync(broker);
                return Task.CompletedTask;
            });
        await outage!;

        await StoredDay.AssertExactAsync(fixture.Pipeline, trades, Source, "broker frozen");
    }

    private static async Task StandStillAsync(int processId)
    {
        ProgramRun.Signal(processId, Stop);
        try
        {
            await OutageAsync();
        }
        finally
        {
            ProgramRun.Signal(processId, Continue);
        }
    }

    private static Task OutageAsync()
    {
        var clock = Stopwatch.StartNew();
        return Eventually.TrueAsync("the end of the outage", () => Task.FromResult(clock.Elapsed > Outage), 2 * Outage);
    }
}
