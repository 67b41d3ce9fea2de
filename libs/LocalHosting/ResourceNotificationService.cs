using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace StockAspire.LocalHosting;

/// <summary>Tells, and waits for, what becomes of resources, from the application's start on; before it there is nothing to ask.</summary>
public sealed class ResourceNotificationService
{
    private readonly Orchestrator _orchestrator;

    internal ResourceNotificationService(Orchestrator orchestrator) => _orchestrator = orchestrator;

    /// <summary>Completes when the resource, with all of its replicas, has been healthy; at once if it is no process of this application.</summary>
    public Task WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        _orchestrator.WaitForHealthyAsync(resourceName, cancellationToken);

    /// <summary>Completes with the first state, the present one included, of any replica of the resource that is what is waited for.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        await foreach (var seen in WatchAsync(cancellationToken))
        {
            if (seen.Resource.Name == resourceName && predicate(seen))
                return seen;
        }
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>First all resources, then whenever one has changed; who is slow is told the latest state alone. Without end.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var news in _orchestrator.Running.Board.WatchAsync(cancellationToken))
        {
            foreach (var snapshot in news)
                yield return ResourceEvent.Of(snapshot);
        }
    }

    /// <param name="resourceId">Of one replica, such as <c>ingest-2</c>; the first one's is the resource's name.</param>
    /// <param name="resourceEvent">Its state now.</param>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        var snapshot = _orchestrator.Running.Board.Snapshot().FirstOrDefault(resource => resource.Name == resourceId);
        resourceEvent = snapshot is null ? null : ResourceEvent.Of(snapshot);
        return snapshot is not null;
    }
}
