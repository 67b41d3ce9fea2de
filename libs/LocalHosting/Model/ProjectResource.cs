using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>What the build knows of a referenced project; the AppHost's project file generates one class for each.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Absolute path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Absolute path of the built assembly, started as it is: no build and no <c>dotnet run</c> in between.</summary>
    string AssemblyPath { get; }
}

/// <summary>A .NET service. It runs in its project's folder, where its appsettings.json is.</summary>
public sealed class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IProcessResource
{
    ProcessCommand IProcessResource.CreateCommand()
    {
        var project = Annotations.OfType<IProjectMetadata>().First();
        if (!File.Exists(project.AssemblyPath))
        {
            throw new DistributedApplicationException(
                $"Resource '{Name}' is not built: {project.AssemblyPath} is missing. Build {project.ProjectPath} first.");
        }
        return new ProcessCommand(DotNetHost.Path, [project.AssemblyPath], Path.GetDirectoryName(project.ProjectPath)!);
    }
}

public static class ProjectResourceExtensions
{
    /// <summary>
    /// Adds a service. Its endpoints are those of <c>Kestrel:Endpoints</c> in its appsettings.json, under their names
    /// and with their ports.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        var project = new TProject();
        var resource = new ProjectResource(name);
        resource.Annotations.Add(project);
        foreach (var endpoint in KestrelEndpoints(name, Path.GetDirectoryName(project.ProjectPath)!, builder.Environment.EnvironmentName))
            resource.Annotations.Add(endpoint);
        return builder.AddResource(resource);
    }

    /// <summary>Runs this many processes. Only the first has the fixed port: there is no proxy in front of them here.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, 16);
        return builder.With(new ReplicaAnnotation(replicas));
    }

    private static IEnumerable<EndpointAnnotation> KestrelEndpoints(string name, string projectDirectory, string environment)
    {
        var settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(projectDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(projectDirectory, $"appsettings.{environment}.json"), optional: true)
            .Build();
        foreach (var section in settings.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (!Uri.TryCreate(section["Url"], UriKind.Absolute, out var url))
            {
                throw new DistributedApplicationException(
                    $"{section.Path}:Url of resource '{name}' is \"{section["Url"]}\"; expected a URL such as http://127.0.0.1:5101.");
            }
            yield return new EndpointAnnotation(section.Key, url.Scheme)
            {
                Host = url.Host,
                Port = url.Port == 0 ? null : url.Port,
                Transport = section["Protocols"] == "Http2" ? "http2" : null,
                IsKestrel = true,
            };
        }
    }
}
