using StockAspire.TickStore.Sqlite;

namespace StockAspire.TickStore.Tests.Sqlite;

public sealed class UnavailableTests : SqliteFolder
{
    [Fact]
    public async Task A_reader_is_unavailable_until_a_writer_has_made_the_store()
    {
        await using var reader = Open(readOnly: true);
        var missing = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.InitializeAsync(Cancelled));
        Assert.Contains(FilePath, missing.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath), "A reader made the file.");

        await File.WriteAllBytesAsync(FilePath, [], Cancelled);
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.FindLatestAsync("SPY", 0, 0, Cancelled));

        await using var writer = Open();
        await writer.WriteAsync(Rows.Range(0, 3), Cancelled);
        await reader.InitializeAsync(Cancelled);
        Assert.Equal(3, (await reader.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_reader_reads_a_store_whose_writer_is_gone()
    {
        await using (var writer = Open())
            await writer.WriteAsync(Rows.Range(0, 3), Cancelled);

        await using var reader = Open(readOnly: true);
        Assert.Equal(3, (await reader.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_reader_cannot_write_and_knows_only_registered_topics()
    {
        var topic = Guid.NewGuid();
        await using var writer = Open();
        await writer.InitializeAsync(Cancelled);
        await using var reader = Open(readOnly: true);

        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.WriteAsync(Rows.Range(0, 1), Cancelled));
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.RegisterTopicAsync(topic, Cancelled));
        await writer.RegisterTopicAsync(Guid.NewGuid(), Cancelled);
        await writer.RegisterTopicAsync(topic, Cancelled);
        Assert.Equal(1, await reader.RegisterTopicAsync(topic, Cancelled));
    }

    [Fact]
    public async Task A_full_disk_stores_nothing_of_the_call_and_the_next_call_works_again()
    {
        // 60 pages stand for the disk; what does not fit fails as a full disk does.
        var pages = 60;
        await using var store = OpenWith(database => database.Execute($"PRAGMA max_page_count = {pages}"));
        await store.WriteAsync(Rows.Range(0, 100), Cancelled);

        var full = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.WriteAsync(Rows.Range(100, 50_000), Cancelled));
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.Equal(100, (await store.ReadAllAsync()).Count);
        await store.WriteAsync(Rows.Range(100, 10), Cancelled);

        pages = 1_000_000;
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.WriteAsync(Rows.Range(100, 50_000), Cancelled));
        await store.WriteAsync(Rows.Range(100, 50_000), Cancelled);
        Assert.Equal(Rows.Range(0, 50_100), await store.ReadAllAsync());
        Assert.Equal("ok", Query("PRAGMA quick_check"));
    }

    [Fact]
    public async Task A_name_first_seen_in_a_transaction_that_failed_is_stored_by_the_next()
    {
        await using var store = OpenWith(database => database.Execute("PRAGMA max_page_count = 60"));
        var rows = Rows.Range(0, 50_000).Select(row => row with { Tick = row.Tick with { Symbol = "NEW", Venue = "NEW" } }).ToArray();
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.WriteAsync(rows, Cancelled));
        await store.WriteAsync(rows.AsMemory(0, 5), Cancelled);

        var latest = await store.FindLatestAsync("NEW", long.MaxValue, long.MinValue, Cancelled);
        Assert.Equal(rows[4], latest);
        Assert.Equal(["NEW"], (await store.ListSymbolsAsync(string.Empty, 10, Cancelled)).Select(symbol => symbol.Symbol));
    }

    [Fact]
    public async Task A_lock_of_another_process_beyond_the_timeout_says_so_and_the_next_call_works()
    {
        await using var store = Open(new TickStoreOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) });
        await store.InitializeAsync(Cancelled);
        using (var other = Connect())
        {
            Run(other, "BEGIN IMMEDIATE");
            var busy = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.WriteAsync(Rows.Range(0, 1), Cancelled));
            Assert.Contains("Store:RequestTimeout", busy.Message, StringComparison.Ordinal);
            Assert.Empty(await store.ReadAllAsync());
        }

        await store.WriteAsync(Rows.Range(0, 1), Cancelled);
        Assert.Single(await store.ReadAllAsync());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(FilePath, "a file, not a folder", Cancelled);
        var path = Path.Combine(FilePath, "below.db");
        await using var store = TickStores.Open("sqlite:" + path, new TickStoreOptions());

        var failed = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.InitializeAsync(Cancelled));
        Assert.Contains(path, failed.Message, StringComparison.Ordinal);
        Assert.Contains("folder", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_permission_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Root writes where it likes.");
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
#pragma warning disable CA1416 // Skipped on Windows.
        var mode = folder.UnixFileMode;
        folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        try
        {
            await using var store = Open();
            var failed = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.InitializeAsync(Cancelled));
            Assert.Contains("allowed to write", failed.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.UnixFileMode = mode;
        }
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData(14, typeof(TickStoreUnavailableException))]
    [InlineData(8 | (1 << 8), typeof(TickStoreUnavailableException))]
    [InlineData(10 | (3 << 8), typeof(TickStoreUnavailableException))]
    [InlineData(13, typeof(TickStoreUnavailableException))]
    [InlineData(5 | (2 << 8), typeof(TickStoreUnavailableException))]
    [InlineData(11, typeof(TickStoreSchemaException))]
    [InlineData(26, typeof(TickStoreSchemaException))]
    [InlineData(21, typeof(InvalidOperationException))]
    public void Result_codes_mean_what_a_caller_can_do(int result, Type expected)
    {
        var exception = SqliteErrors.Of(result, "reason", "/x/ticks.db");
        Assert.IsType(expected, exception);
        Assert.Contains("/x/ticks.db: reason", exception.Message, StringComparison.Ordinal);
    }
}
