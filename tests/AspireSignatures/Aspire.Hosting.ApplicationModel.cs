using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.ApplicationModel;

public interface IResource
{
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}

public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public interface IResourceCollection : ICollection<IResource>;

public class DistributedApplicationModel
{
    public IResourceCollection Resources => throw null!;
}

public class BeforeStartEvent : IDistributedApplicationEvent
{
    public IServiceProvider Services => throw null!;

    public DistributedApplicationModel Model => throw null!;
}

public class AfterResourcesCreatedEvent : IDistributedApplicationEvent
{
    public IServiceProvider Services => throw null!;

    public DistributedApplicationModel Model => throw null!;
}

public interface IResourceBuilder<out T>
    where T : IResource
{
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    T Resource { get; }
}

public interface IResourceWithArgs : IResource;

public interface IResourceWithEndpoints : IResource;

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithWaitSupport : IResource;

public interface IResourceWithConnectionString : IResource, IManifestExpressionProvider, IValueProvider
{
    ReferenceExpression ConnectionStringExpression { get; }

    string IManifestExpressionProvider.ValueExpression => throw null!;

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => throw null!;
}

public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

public abstract class Resource(string name) : IResource
{
    public virtual string Name { get; } = name;

    public virtual ResourceAnnotationCollection Annotations => throw null!;
}

public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public string? Entrypoint { get; } = entrypoint;
}

public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public string Command { get; } = command;

    public string WorkingDirectory { get; } = workingDirectory;
}

public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    public ParameterResource(string name, Func<object?, string> callback, bool secret = false)
        : base(name) => throw null!;

    public string ValueExpression => throw null!;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => throw null!;
}

public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

public class EnvironmentCallbackContext
{
    public CancellationToken CancellationToken => throw null!;

    public Dictionary<string, object> EnvironmentVariables => throw null!;

    public DistributedApplicationExecutionContext ExecutionContext => throw null!;

    public IResource Resource => throw null!;
}

public sealed class CommandLineArgsCallbackContext
{
    public IList<object> Args => throw null!;

    public CancellationToken CancellationToken => throw null!;

    public IResource Resource => throw null!;
}

public enum EndpointProperty
{
    Url = 0,
    Host = 1,
    IPV4Host = 2,
    Port = 3,
    Scheme = 4,
    TargetPort = 5,
    HostAndPort = 6,
}

public sealed class EndpointReference : IManifestExpressionProvider, IValueProvider
{
    string IManifestExpressionProvider.ValueExpression => throw null!;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => throw null!;

    public EndpointReferenceExpression Property(EndpointProperty property) => throw null!;
}

public class EndpointReferenceExpression : IManifestExpressionProvider, IValueProvider
{
    public string ValueExpression => throw null!;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => throw null!;
}

public class ReferenceExpression : IManifestExpressionProvider, IValueProvider
{
    public string ValueExpression => throw null!;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => throw null!;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => throw null!;

    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler
    {
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => throw null!;

        public readonly void AppendLiteral(string value) => throw null!;

        public readonly void AppendFormatted(string? value) => throw null!;

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => throw null!;

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => throw null!;
    }
}
