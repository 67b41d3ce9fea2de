namespace StockAspire.LocalHosting;

/// <summary>Waits for <paramref name="Resource"/> to be healthy before the start.</summary>
internal sealed record WaitAnnotation(IResource Resource) : IResourceAnnotation;

internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

internal sealed record EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> Callback) : IResourceAnnotation;

internal sealed record CommandLineArgsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;

/// <summary>Healthy is: GET <paramref name="Path"/> on <paramref name="EndpointName"/> gives <paramref name="StatusCode"/>.</summary>
internal sealed record HttpHealthCheckAnnotation(string Path, int StatusCode, string EndpointName) : IResourceAnnotation;

/// <summary>Healthy is: <paramref name="EndpointName"/> takes a TCP connection.</summary>
internal sealed record TcpHealthCheckAnnotation(string EndpointName) : IResourceAnnotation;

/// <summary>What an environment callback sees and changes; a value is a string or an <see cref="EndpointReference"/>.</summary>
public sealed class EnvironmentCallbackContext
{
    internal EnvironmentCallbackContext(IResource resource) => Resource = resource;

    public IResource Resource { get; }

    public Dictionary<string, object> EnvironmentVariables { get; } = new(StringComparer.Ordinal);
}
