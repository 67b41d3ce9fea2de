namespace StockAspire.LocalHosting;

public interface IDistributedApplicationEvent;

/// <summary>An event of one resource. With replicas: of all of them together.</summary>
public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
{
    IResource Resource { get; }
}

/// <summary>
/// Tells the AppHost's own code how far the application has come. Subscribers are called in the order in which they
/// subscribed, each awaited before the next; one that throws stops what published the event.
/// </summary>
public interface IDistributedApplicationEventing
{
    DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent;

    /// <summary>For the events of one resource.</summary>
    DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent;

    void Unsubscribe(DistributedApplicationEventSubscription subscription);

    Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;
}

/// <summary>What <see cref="IDistributedApplicationEventing.Unsubscribe"/> takes.</summary>
public sealed class DistributedApplicationEventSubscription
{
    internal DistributedApplicationEventSubscription(Func<IDistributedApplicationEvent, CancellationToken, Task> callback) => Callback = callback;

    public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; }
}
