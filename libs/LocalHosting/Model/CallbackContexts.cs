namespace StockAspire.LocalHosting;

/// <summary>
/// What an environment callback sees and changes. A value is a string, an <see cref="IValueProvider"/> such as an
/// <see cref="EndpointReference"/>, a number or a bool.
/// </summary>
public sealed class EnvironmentCallbackContext
{
    internal EnvironmentCallbackContext(
        DistributedApplicationExecutionContext executionContext, IResource resource, int replica, CancellationToken cancellationToken)
    {
        ExecutionContext = executionContext;
        Resource = resource;
        Replica = replica;
        CancellationToken = cancellationToken;
    }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResource Resource { get; }

    /// <summary>Which of the resource's instances is about to start, from 0. Only here: Aspire's callbacks speak for all replicas at once.</summary>
    public int Replica { get; }

    public Dictionary<string, object> EnvironmentVariables { get; } = new(StringComparer.Ordinal);

    public CancellationToken CancellationToken { get; }
}

/// <summary>What an argument callback sees and adds to; a value is what it is for <see cref="EnvironmentCallbackContext"/>.</summary>
public sealed class CommandLineArgsCallbackContext
{
    internal CommandLineArgsCallbackContext(
        DistributedApplicationExecutionContext executionContext, IResource resource, CancellationToken cancellationToken)
    {
        ExecutionContext = executionContext;
        Resource = resource;
        CancellationToken = cancellationToken;
    }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResource Resource { get; }

    public IList<object> Args { get; } = [];

    public CancellationToken CancellationToken { get; }
}
