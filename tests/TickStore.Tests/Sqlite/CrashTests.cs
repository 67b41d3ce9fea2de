using StockAspire.TickStore.Tests.Processes;

namespace StockAspire.TickStore.Tests.Sqlite;

public sealed class CrashTests : SqliteFolder
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task Acknowledged_rows_survive_a_kill_of_the_writer(int acknowledgements)
    {
        var acknowledged = new List<int>();
        using (var writer = WriterProcess.Start(FilePath))
        {
            for (var i = 0; i < acknowledgements; i++)
                Add(acknowledged, await writer.ReadAcknowledgementAsync());
            await writer.KillAsync();
            while (await writer.ReadAcknowledgementAsync() is { } late)
                Add(acknowledged, late);
        }

        await using var store = Open();
        await store.InitializeAsync(Cancelled);
        var rows = await store.ReadAllAsync();

        Assert.Equal("ok", Query("PRAGMA quick_check"));
        Assert.Empty(acknowledged.Except(rows.Select(row => (int)row.Tick.Id.Sequence)));

        // What is there beside them is whole too: calls are stored wholly, and no row is torn.
        Assert.Equal(0, rows.Count % 500);
        Assert.All(rows, row => Assert.Equal(Rows.Numbered((int)row.Tick.Id.Sequence), row));
    }

    [Fact]
    public async Task Another_process_reads_while_one_writes()
    {
        using var writer = WriterProcess.Start(FilePath);
        await using var reader = Open(readOnly: true);
        for (var i = 0; i < 5; i++)
        {
            // Only what was acknowledged: the writer is faster than a reader that runs after its end.
            var (first, last) = Assert.NotNull(await writer.ReadAcknowledgementAsync());
            var expected = Enumerable.Range(first, last - first + 1).Select(Rows.Numbered).ToList();
            Assert.Equal(expected, await reader.ReadAsync(expected[0].Tick.EventTimeNs, expected[^1].Tick.EventTimeNs));
            Assert.Equal(expected[^1], await reader.FindLatestAsync("SPY", expected[^1].Tick.EventTimeNs, long.MinValue, Cancelled));
        }

        await writer.KillAsync();
    }

    private static void Add(List<int> acknowledged, (int First, int Last)? range)
    {
        Assert.NotNull(range);
        acknowledged.AddRange(Enumerable.Range(range.Value.First, range.Value.Last - range.Value.First + 1));
    }
}
