using Microsoft.Data.Sqlite;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests;

/// <summary>A row removed, altered or doubled by hand in the store is found by verify, and named exactly.</summary>
[Collection(EmbeddedPipeline.Name)]
public sealed class TamperTests(EmbeddedFixture fixture)
{
    private const int Count = 1_000;
    private const long StartNs = 1_600_000_000_000_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("DELETE FROM ticks WHERE {0}", 100, 100, "missing")]
    [InlineData("DELETE FROM ticks WHERE {0}", 1, 1, "missing")]
    [InlineData("DELETE FROM ticks WHERE {0}", 990, 1_000, "missing")]
    [InlineData("UPDATE ticks SET price = price + 1 WHERE {0}", 200, 200, "altered")]
    [InlineData("UPDATE ticks SET size = size * 2 WHERE {0}", 1_000, 1_000, "altered")]
    [InlineData("INSERT INTO ticks SELECT symbol_id, event_time + 1, source_id, sequence, revision, position, ingest_time, price, size, venue_id, condition_set_id, action, attributes FROM ticks WHERE {0}", 300, 300, "unexpected")]
    [InlineData("UPDATE ticks SET event_time = event_time + 7200000000000 WHERE {0}", 400, 400, "missing")]
    public async Task Verify_finds_a_row_changed_by_hand(string sql, int first, int last, string kind)
    {
        var source = $"tamper-{Guid.NewGuid():N}";
        var symbol = "T" + source[^8..].ToUpperInvariant();
        var trades = Enumerable.Range(1, Count)
            .Select(i => new TradeRow((ulong)i, symbol, StartNs + (i * 1_000_000L), 1_000_000_000L + i, 100_000_000, "X", "1", false))
            .ToList();
        await new TickClient(fixture.Pipeline.Ingest, source).PublishAsync(trades, Limit);
        var reader = new TickReader(fixture.Pipeline);
        await reader.DrainedAsync();
        Assert.True((await reader.VerifyAsync(source)).Summary.Ok);

        var changed = Execute(sql, symbol, first, last);
        Assert.Equal(last - first + 1, changed);

        var (findings, summary) = await reader.VerifyAsync(source);
        Assert.False(summary.Ok);
        var finding = Assert.Single(findings, finding => finding.Symbol == symbol);
        var expected = new SequenceRange { First = (ulong)first, Last = (ulong)last };
        switch (kind)
        {
            case "missing":
                Assert.Equal([expected], finding.Missing);
                Assert.Empty(finding.Unexpected);
                Assert.Equal(last - first + 1, summary.Missing);
                break;
            case "unexpected":
                Assert.Equal([expected], finding.Unexpected);
                Assert.Empty(finding.Missing);
                Assert.Equal(1, summary.Unexpected);
                break;
            default:
                Assert.True(finding.HashMismatch);
                Assert.NotEqual(finding.ExpectedHash, finding.ActualHash);
                Assert.Contains(finding.Altered, range => range.First <= (ulong)first && (ulong)last <= range.Last);
                break;
        }

        var rows = await reader.QueryAsync(symbol, StartNs, StartNs + 86_400_000_000_000);
        Assert.NotEmpty(IndependentVerifier.Compare(IndependentVerifier.ReadSeals(fixture.Pipeline.Kafka, source), rows));
    }

    /// <summary>Runs SQL on the rows whose place in order of sequence is first to last.</summary>
    private int Execute(string sql, string symbol, int first, int last)
    {
        using var connection = new SqliteConnection($"Data Source={fixture.Pipeline.TickStoreFile}");
        connection.Open();
        using var command = connection.CreateCommand();
        var where = "symbol_id = (SELECT id FROM symbols WHERE name = $symbol) AND sequence IN (SELECT sequence FROM ticks "
            + "WHERE symbol_id = (SELECT id FROM symbols WHERE name = $symbol) ORDER BY sequence LIMIT $count OFFSET $offset)";
#pragma warning disable CA2100 // The statements are the test's own literals.
        command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, where);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$symbol", symbol);
        command.Parameters.AddWithValue("$count", last - first + 1);
        command.Parameters.AddWithValue("$offset", first - 1);
        return command.ExecuteNonQuery();
    }
}
