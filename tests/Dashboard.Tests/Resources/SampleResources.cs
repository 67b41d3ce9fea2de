using Aspire.DashboardService.Proto.V1;
using Google.Protobuf.WellKnownTypes;

namespace StockAspire.Dashboard.Tests.Resources;

/// <summary>The resources of this repository's own AppHost, as it tells them.</summary>
internal static class SampleResources
{
    public static readonly DateTimeOffset Started = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Resource[] Pipeline() =>
    [
        Resource("kafka", "Executable"),
        Resource("ingest", "Project", "kafka"),
        Resource("sink", "Project", "kafka"),
        Resource("query", "Project", "kafka"),
    ];

    public static Resource Resource(string name, string type, params string[] waitsFor)
    {
        var resource = new Resource
        {
            Name = name,
            DisplayName = name,
            ResourceType = type,
            Uid = name + "-1",
            State = "Running",
            CreatedAt = Timestamp.FromDateTimeOffset(Started),
            StartedAt = Timestamp.FromDateTimeOffset(Started),
            Properties =
            {
                new ResourceProperty { Name = "executable.pid", DisplayName = "Process id", Value = Value.ForNumber(4711) },
                new ResourceProperty { Name = "project.path", Value = Value.ForString($"/src/{name}/{name}.csproj") },
            },
            Environment =
            {
                new EnvironmentVariable { Name = "ConnectionStrings__kafka", Value = "127.0.0.1:19092", IsFromSpec = true },
                new EnvironmentVariable { Name = "PATH", Value = "/usr/bin" },
            },
            Urls = { new Url { EndpointName = "http", FullUrl = $"http://127.0.0.1:5000/{name}", DisplayProperties = new UrlDisplayProperties { DisplayName = "http" } } },
            HealthReports = { new HealthReport { Key = $"{name}_health", Status = HealthStatus.Healthy, Description = "answers" } },
            Commands =
            {
                new ResourceCommand { Name = "resource-start", DisplayName = "Start", State = ResourceCommandState.Hidden },
                new ResourceCommand { Name = "resource-stop", DisplayName = "Stop" },
                new ResourceCommand { Name = "resource-restart", DisplayName = "Restart" },
            },
        };
        foreach (var other in waitsFor)
        {
            resource.Relationships.Add(new ResourceRelationship { ResourceName = other, Type = "Reference" });
            resource.Relationships.Add(new ResourceRelationship { ResourceName = other, Type = "WaitFor" });
        }
        return resource;
    }
}
