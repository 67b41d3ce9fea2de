using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.AppHost;

/// <summary>What stands behind the pipeline when it runs on this machine alone.</summary>
internal static class Engines
{
    /// <summary>A SQLite file in the data directory, or whatever <c>ConnectionStrings:NAME</c> says.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddTickStore(this IDistributedApplicationBuilder builder, string name)
    {
        builder.Configuration[$"ConnectionStrings:{name}"] ??= $"sqlite:{Path.Combine(builder.DataDirectory, "ticks.db")}";
        return builder.AddConnectionString(name);
    }

    /// <summary>Shows what this service says about the pipeline, in the terminal.</summary>
    internal static IResourceBuilder<ProjectResource> WithPipelineStatus(this IResourceBuilder<ProjectResource> query)
    {
        query.ApplicationBuilder.Services.AddSingleton<IRunStatus>(_ => new PipelineStatus(query.GetEndpoint("http")));
        return query;
    }
}
