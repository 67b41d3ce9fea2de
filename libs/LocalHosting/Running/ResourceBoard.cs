using System.Runtime.CompilerServices;

namespace StockAspire.LocalHosting;

/// <summary>
/// The present state of every resource, and a feed of changes. A watcher is only a number here, the version that it
/// has seen: one that is slow is given the latest state of what has changed meanwhile, and never makes a queue grow.
/// Thread-safe.
/// </summary>
internal sealed class ResourceBoard
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries;
    private TaskCompletionSource _changed = NewSignal();
    private long _version = 1;

    internal ResourceBoard(IEnumerable<ResourceSnapshot> resources) =>
        _entries = [.. resources.Select(resource => new Entry { Snapshot = resource, Version = 1 })];

    internal IReadOnlyList<ResourceSnapshot> Snapshot()
    {
        lock (_gate)
            return [.. _entries.Select(entry => entry.Snapshot)];
    }

    /// <exception cref="InvalidOperationException">There is no such resource.</exception>
    internal ResourceSnapshot Get(string name)
    {
        lock (_gate)
            return Find(name).Snapshot;
    }

    /// <summary>Under a lock, so the change must be quick; one that changes nothing is told to nobody.</summary>
    internal void Update(string name, Func<ResourceSnapshot, ResourceSnapshot> change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            var entry = Find(name);
            var next = change(entry.Snapshot);
            if (next == entry.Snapshot)
                return;
            entry.Snapshot = next;
            entry.Version = ++_version;
            (changed, _changed) = (_changed, NewSignal());
        }
        changed.SetResult();
    }

    /// <summary>First all, then whenever some have changed since: those, as they are at that time.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<ResourceSnapshot>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = 0L;
        while (true)
        {
            List<ResourceSnapshot> news;
            Task more;
            lock (_gate)
            {
                news = [.. _entries.Where(entry => entry.Version > seen).Select(entry => entry.Snapshot)];
                seen = _version;
                more = _changed.Task;
            }
            if (news.Count > 0)
                yield return news;
            await more.WaitAsync(cancellationToken);
        }
    }

    private Entry Find(string name) => _entries.Find(entry => entry.Snapshot.Name == name)
        ?? throw new InvalidOperationException($"There is no resource '{name}'.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Entry
    {
        internal required ResourceSnapshot Snapshot { get; set; }

        internal required long Version { get; set; }
    }
}
