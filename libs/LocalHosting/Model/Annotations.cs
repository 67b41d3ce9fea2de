namespace StockAspire.LocalHosting;

/// <summary>What a resource that waits for another waits for.</summary>
internal enum WaitType
{
    /// <summary>Its health.</summary>
    UntilHealthy,

    /// <summary>Its process, healthy or not.</summary>
    UntilStarted,

    /// <summary>Its end with an exit code.</summary>
    ForCompletion,
}

/// <summary>Holds the first start back until <paramref name="Resource"/> has come as far as <paramref name="Type"/> says.</summary>
/// <param name="Resource">The one that is waited for.</param>
/// <param name="Type">How far.</param>
/// <param name="ExitCode">Expected of <see cref="WaitType.ForCompletion"/>; with any other this resource never starts.</param>
internal sealed record WaitAnnotation(IResource Resource, WaitType Type = WaitType.UntilHealthy, int ExitCode = 0) : IResourceAnnotation;

/// <summary>Not started with the application, but by a command in the dashboard.</summary>
internal sealed record ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>An edge of the graph that the dashboard draws; <paramref name="Type"/> is <c>Reference</c>, <c>WaitFor</c> or <c>Parent</c>.</summary>
internal sealed record ResourceRelationshipAnnotation(IResource Resource, string Type) : IResourceAnnotation;

internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

internal sealed record EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> Callback) : IResourceAnnotation
{
    internal EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }
}

internal sealed record CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> Callback) : IResourceAnnotation;

/// <summary>Healthy is: GET <paramref name="Path"/> on <paramref name="EndpointName"/> gives <paramref name="StatusCode"/>.</summary>
internal sealed record HttpHealthCheckAnnotation(string Path, int StatusCode, string EndpointName) : IResourceAnnotation;

/// <summary>Healthy is: <paramref name="EndpointName"/> takes a TCP connection.</summary>
internal sealed record TcpHealthCheckAnnotation(string EndpointName) : IResourceAnnotation;

/// <summary>Healthy is: so says the check of this name among the AppHost's own services.</summary>
internal sealed record HealthCheckAnnotation(string Key) : IResourceAnnotation;
