namespace StockAspire.LocalHosting;

/// <summary>Waits for what becomes of resources.</summary>
public sealed class ResourceNotificationService
{
    private readonly Orchestrator _orchestrator;

    internal ResourceNotificationService(Orchestrator orchestrator) => _orchestrator = orchestrator;

    /// <summary>Completes when the resource, with all of its replicas, has been healthy; at once if it is no process of this application.</summary>
    public Task WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        _orchestrator.WaitForHealthyAsync(resourceName, cancellationToken);
}
