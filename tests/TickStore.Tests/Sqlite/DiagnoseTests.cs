namespace StockAspire.TickStore.Tests.Sqlite;

public sealed class DiagnoseTests : SqliteFolder
{
    [Fact]
    public async Task What_a_power_cut_may_take_is_said_unless_the_store_survives_it()
    {
        await using (var plain = Open())
            Assert.Contains(await plain.DiagnoseAsync(Cancelled), finding => finding.Contains("Store:SurvivePowerLoss=true", StringComparison.Ordinal));

        await using var safe = Open(new TickStoreOptions { SurvivePowerLoss = true });
        Assert.DoesNotContain(await safe.DiagnoseAsync(Cancelled), finding => finding.Contains("power", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_unavailable()
    {
        await using var reader = Open(readOnly: true);
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.DiagnoseAsync(Cancelled));
    }
}
