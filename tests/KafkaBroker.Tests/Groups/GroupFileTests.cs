using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.KafkaBroker.Groups;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>Tests of the groups' file, in a folder of each one's own.</summary>
public abstract class GroupFileTests : IDisposable
{
    private protected static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private protected static readonly HashSet<string> Unused = [];

    private readonly TemporaryDirectory _directory = new();

    private protected string FilePath => Path.Combine(_directory.Path, "group-offsets");

    /// <summary>What was opened last.</summary>
    private protected GroupStore? Store { get; private set; }

    public void Dispose()
    {
        Store?.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the store as after kill -9 of the one before.</summary>
    private protected GroupStore Open(FsyncMode fsync = FsyncMode.None, string? directory = null)
    {
        Store?.Dispose();
        return Store = new GroupStore(directory ?? _directory.Path, fsync, NullLogger.Instance);
    }
}
