using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

public sealed class SqliteContractTests : TickStoreContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tickstore-contract-");

    protected override ValueTask<ITickStore> OpenAsync() =>
        new(TickStores.Open("sqlite:" + Path.Combine(_folder.FullName, "ticks.db"), new TickStoreOptions()));

    protected override ValueTask EmptyAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }
}
