using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.LocalHosting;

/// <summary>Describes an application; nothing starts before <see cref="DistributedApplication.RunAsync"/>.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>appsettings.json of the AppHost, environment, command line; the later wins.</summary>
    ConfigurationManager Configuration { get; }

    IHostEnvironment Environment { get; }

    DistributedApplicationExecutionContext ExecutionContext { get; }

    IDistributedApplicationEventing Eventing { get; }

    /// <summary>Services of the AppHost itself, such as an <see cref="IRunStatus"/>.</summary>
    IServiceCollection Services { get; }

    /// <summary>The AppHost project's folder.</summary>
    string AppHostDirectory { get; }

    /// <summary>Absolute; holds all that the application keeps. <c>AppHost:DataDirectory</c>.</summary>
    string DataDirectory { get; }

    IReadOnlyList<IResource> Resources { get; }

    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>For one that has been added before, or never will be.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    DistributedApplication Build();
}

public static class DistributedApplicationBuilderExtensions
{
    /// <summary>For a resource that has been added before, to say more about it.</summary>
    /// <exception cref="InvalidOperationException">There is none of this name, or it is of another kind.</exception>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = builder.Resources.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return resource switch
        {
            T found => builder.CreateResourceBuilder(found),
            null => throw new InvalidOperationException($"There is no resource '{name}'."),
            _ => throw new InvalidOperationException($"Resource '{name}' is of type {resource.GetType().Name}, not {typeof(T).Name}."),
        };
    }
}
