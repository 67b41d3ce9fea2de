using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>
/// What every <see cref="ITickStore"/> does, whatever is behind it. An adapter's class inherits it and gives an empty store
/// to each test. One file for each subject.
/// </summary>
public abstract partial class TickStoreContract : IAsyncLifetime
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected ITickStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = await OpenAsync();
        await Store.InitializeAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        // A test that was skipped has none.
        if (Store is not null)
        {
            await Store.DisposeAsync();
            await EmptyAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens this test's store; again, where a test opens it twice.</summary>
    protected abstract ValueTask<ITickStore> OpenAsync();

    /// <summary>Removes what the test stored.</summary>
    protected abstract ValueTask EmptyAsync();
}
