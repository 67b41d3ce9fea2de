using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.AppHost;

/// <summary>What stands behind the pipeline when it runs on this machine alone. The one place that chooses an engine.</summary>
internal static class Engines
{
    /// <summary>The embedded broker, or the cluster that <c>ConnectionStrings:NAME</c> names.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddBroker(this IDistributedApplicationBuilder builder, string name, int port) =>
        string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name))
            ? builder.AddKafka(name, port).WithDataVolume()
            : builder.AddConnectionString(name);

    /// <summary>A SQLite file in the data directory, or whatever <c>ConnectionStrings:NAME</c> says.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddTickStore(this IDistributedApplicationBuilder builder, string name)
    {
        builder.Configuration[$"ConnectionStrings:{name}"] ??= $"sqlite:{Path.Combine(builder.DataDirectory, "ticks.db")}";
        return builder.AddConnectionString(name);
    }

    /// <summary>
    /// Gives each replica a name of its own that it keeps over restarts: <c>sink-1</c>, <c>sink-2</c>. The first one
    /// has the name that the AppHost's configuration says, if it does.
    /// </summary>
    internal static IResourceBuilder<ProjectResource> WithInstanceName(this IResourceBuilder<ProjectResource> builder, string variable)
    {
        var configured = builder.ApplicationBuilder.Configuration[variable.Replace("__", ":", StringComparison.Ordinal)];
        return builder.WithEnvironment(context => context.EnvironmentVariables[variable] = context.Replica == 0 && configured is not null
            ? configured
            : string.Create(CultureInfo.InvariantCulture, $"{context.Resource.Name}-{context.Replica + 1}"));
    }

    /// <summary>Shows what this service says about the pipeline, in the terminal.</summary>
    internal static IResourceBuilder<ProjectResource> WithPipelineStatus(this IResourceBuilder<ProjectResource> query)
    {
        query.ApplicationBuilder.Services.AddSingleton<IRunStatus>(_ => new PipelineStatus(query.GetEndpoint("http")));
        return query;
    }
}
