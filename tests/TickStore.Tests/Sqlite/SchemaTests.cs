using System.Globalization;
using StockAspire.TickStore.Sqlite;

namespace StockAspire.TickStore.Tests.Sqlite;

public sealed class SchemaTests : SqliteFolder
{
    [Fact]
    public async Task A_new_file_is_marked_and_records_the_plan()
    {
        await using var store = Open(new TickStoreOptions { BucketWidth = TimeSpan.FromMinutes(5) });
        await store.InitializeAsync(Cancelled);

        Assert.Equal((long)SqliteSchema.ApplicationId, Query("PRAGMA application_id"));
        Assert.Equal((long)SqliteSchema.Version, Query("PRAGMA user_version"));
        Assert.Equal("wal", Query("PRAGMA journal_mode"));
        Assert.Equal(4096L, Query("PRAGMA page_size"));
        Assert.Equal("rows", Query("SELECT layout FROM store_plan"));
        Assert.Equal(300_000_000_000L, Query("SELECT bucket_width_ns FROM store_plan"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_by_writer_and_reader_and_left_as_it_is()
    {
        await MakeAsync();
        Query("PRAGMA user_version = 99");

        foreach (var readOnly in new[] { false, true })
        {
            await using var store = Open(readOnly: readOnly);
            var refused = await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.InitializeAsync(Cancelled));
            Assert.Contains("schema version 99", refused.Message, StringComparison.Ordinal);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"up to {SqliteSchema.Version}"), refused.Message, StringComparison.Ordinal);
            Assert.Contains(FilePath, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(99L, Query("PRAGMA user_version"));
    }

    [Fact]
    public async Task Another_bucket_width_than_the_recorded_one_is_refused_with_both_and_the_key()
    {
        await MakeAsync();
        await using var store = Open(new TickStoreOptions { BucketWidth = TimeSpan.FromMinutes(5) });

        var refused = await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.InitializeAsync(Cancelled));
        Assert.Contains("Store:BucketWidth", refused.Message, StringComparison.Ordinal);
        Assert.Contains("01:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Contains("00:05:00", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.WriteAsync(Rows.Range(0, 1), Cancelled));
    }

    [Fact]
    public async Task A_reader_goes_by_the_recorded_width_whatever_is_configured()
    {
        await MakeAsync();
        await using var store = Open(new TickStoreOptions { BucketWidth = TimeSpan.FromMinutes(5) }, readOnly: true);
        await store.InitializeAsync(Cancelled);

        var symbol = Assert.Single(await store.ListSymbolsAsync(string.Empty, 10, Cancelled));
        Assert.Equal(TimeSpan.FromHours(1).Ticks * 100, symbol.EndNs - symbol.FirstNs);
    }

    [Fact]
    public async Task Another_programs_database_is_refused_and_left_as_it_is()
    {
        Query("CREATE TABLE recipes (name TEXT)");
        var before = await File.ReadAllBytesAsync(FilePath, Cancelled);
        await using (var store = Open())
        {
            var refused = await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.InitializeAsync(Cancelled));
            Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath, Cancelled));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(FilePath, new string('x', 8192), Cancelled);
        await using var store = Open();

        var refused = await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.InitializeAsync(Cancelled));
        Assert.Contains(FilePath, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_that_make_the_store_at_once_make_it_once_and_readers_see_it_whole_or_not_yet()
    {
        var watching = Task.Run(async () =>
        {
            // Each attempt looks afresh: the file may be missing, empty, or whole, never another program's.
            while (true)
            {
                await using var reader = Open(readOnly: true);
                if (await Record.ExceptionAsync(() => reader.InitializeAsync(Cancelled)) is not { } exception)
                    return;
                Assert.IsType<TickStoreUnavailableException>(exception);
            }
        });
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        await Task.WhenAll(stores.Select(store => Task.Run(() => InitializeAsync(store))));
        await Task.WhenAll(stores.Select((store, i) => store.WriteAsync(Rows.Range(i * 10, 10), Cancelled)));
        await watching;
        Assert.Equal(40, (await stores[0].ReadAllAsync()).Count);
        foreach (var store in stores)
            await store.DisposeAsync();

        Assert.Equal(1L, Query("SELECT COUNT(*) FROM store_plan"));
    }

    [Fact]
    public async Task Each_row_has_its_bucket_listed_and_people_can_read_the_view()
    {
        await using var store = Open();

        // One row each 10 s, for 28 hours.
        await store.WriteAsync(Enumerable.Range(0, 10_000).Select(i => Rows.Numbered(i * 10_000)).ToArray(), Cancelled);

        Assert.Equal(0L, Query("SELECT COUNT(*) FROM ticks t WHERE NOT EXISTS (SELECT 1 FROM tick_buckets b WHERE b.symbol_id = t.symbol_id AND b.bucket = t.event_time / 3600000000000)"));
        Assert.Equal(29L, Query("SELECT COUNT(*) FROM tick_buckets"));
        Assert.Equal("SPY|feed|P|[]", Query("SELECT symbol || '|' || source || '|' || venue || '|' || conditions FROM tick_rows WHERE sequence = 99990000"));
    }

    /// <summary>As services do: again while it is unavailable. SQLite waits for no lock while it turns to WAL mode.</summary>
    private static async Task InitializeAsync(ITickStore store)
    {
        while (await Record.ExceptionAsync(() => store.InitializeAsync(Cancelled)) is { } exception)
            Assert.IsType<TickStoreUnavailableException>(exception);
    }

    private async Task MakeAsync()
    {
        await using var store = Open();
        await store.WriteAsync(Rows.Range(0, 1), Cancelled);
    }
}
