using System.Collections.ObjectModel;

namespace StockAspire.LocalHosting;

/// <summary>A part of the application, known by its name: lower-case letters, digits and hyphens.</summary>
public interface IResource
{
    string Name { get; }

    /// <summary>What the builder's <c>With...</c> calls have said about it, in their order.</summary>
    Collection<IResourceAnnotation> Annotations { get; }
}

/// <summary>One thing said about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>A resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource whose endpoints others find by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>A resource that can be held back until others are healthy.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that others reach by a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider
{
    ReferenceExpression ConnectionStringExpression { get; }

    string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

    /// <summary>Known once ports are allocated; before that an <see cref="InvalidOperationException"/>. Null: none is configured.</summary>
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);

    /// <summary>Parts of the connection string, handed on as <c>NAME_KEY</c>.</summary>
    IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [];
}

/// <summary>A resource that runs as a child process; whatever is not one is a value or runs elsewhere, and nothing is waited for.</summary>
internal interface IProcessResource : IResource
{
    ProcessCommand CreateCommand();
}

/// <summary>What is started, without the arguments that <c>WithArgs</c> adds.</summary>
internal sealed record ProcessCommand(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory);

public abstract class Resource(string name) : IResource
{
    public string Name { get; } = ResourceName.Check(name);

    public Collection<IResourceAnnotation> Annotations { get; } = [];
}
