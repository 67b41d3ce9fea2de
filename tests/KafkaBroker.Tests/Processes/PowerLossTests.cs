namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>Power losses under fsync mode commit, on a real file system: the system's cache is lost with them.</summary>
public sealed class PowerLossTests
{
    private static readonly int Losses = TestRun.IsLong ? 50 : 5;

    [Theory]
    [InlineData("ordered")]
    [InlineData("writeback")]
    public async Task Nothing_acknowledged_is_lost_or_doubled(string journal)
    {
        using var disk = CrashDisk.Mount(journal);
        await new CrashRun(disk.Folder, "commit", Losses, new Random(TestRun.Seed), CutPowerAsync).RunAsync();

        async Task CutPowerAsync(BrokerProcess broker)
        {
            // Frozen first: an fsync that the cut catches under way may still return success, which nobody must hear any more.
            await broker.FreezeAsync();
            disk.CutPower();
            await broker.KillAsync();
            await disk.RestoreAsync();
        }
    }

    /// <summary>That the disk really loses something: otherwise the other tests would show no more than kill -9 does.</summary>
    [Fact]
    public async Task What_was_not_flushed_is_gone()
    {
        using var disk = CrashDisk.Mount("ordered");
        var (flushed, lost) = (Path.Combine(disk.Folder, "flushed"), Path.Combine(disk.Folder, "lost"));
        using (var file = File.OpenHandle(flushed, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, new byte[100], 0);
            RandomAccess.FlushToDisk(file);
            RandomAccess.Write(file, new byte[50], 100);
            File.WriteAllBytes(lost, new byte[100]);
            disk.CutPower();
        }

        await disk.RestoreAsync();
        Assert.Equal(100, new FileInfo(flushed).Length);
        Assert.False(File.Exists(lost));
    }
}
