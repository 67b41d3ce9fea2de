using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.Fault.Tests;

/// <summary>Whether the store holds exactly a file's rows of a source: by the query, by verify and by the tests' own verifier.</summary>
internal static class StoredDay
{
    private const long DayNs = 86_400_000_000_000;

    public static async Task AssertExactAsync(Pipeline pipeline, List<TradeRow> trades, string source, string what)
    {
        var reader = new TickReader(pipeline);
        await reader.DrainedAsync();
        var day = trades[0].EventTimeNs - (trades[0].EventTimeNs % DayNs);
        List<TickRow> own = [];
        await Eventually.TrueAsync(
            $"{trades.Count} rows ({what})",
            async () =>
            {
                own = [.. (await reader.QueryAsync(trades[0].Symbol, day, day + DayNs)).Where(row => row.Source == source)];
                return own.Count >= trades.Count;
            },
            TimeSpan.FromMinutes(2));
        Assert.True(trades.Count == own.Count, $"expected {trades.Count} rows, got {own.Count} ({what})");
        for (var i = 0; i < trades.Count; i++)
        {
            Assert.True(TickRow.Expected(trades[i], source) == own[i], $"row {i}: expected {TickRow.Expected(trades[i], source)}, got {own[i]} ({what})");
        }

        var (findings, summary) = await reader.VerifyAsync(source);
        Assert.True(findings.Count == 0 && summary.Ok, $"{summary} {string.Join('\n', findings)} ({what})");
        Assert.Empty(IndependentVerifier.Compare(IndependentVerifier.ReadSeals(pipeline.Kafka, source), own));
    }
}
