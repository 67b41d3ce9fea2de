namespace StockAspire.LocalHosting.Tests;

/// <summary>The variables that each resource of a topology like the AppHost's is given; facts of Aspire's run mode.</summary>
public sealed class EnvironmentPlanTests
{
    [Fact]
    public async Task AProject_GetsItsKestrelEndpoints_TheBroker_AndTheStore()
    {
        using var folder = new TemporaryDirectory();
        var builder = Topology(folder, out _, out var query);

        Assert.Equal(
            """
            ConnectionStrings__kafka=127.0.0.1:29092
            ConnectionStrings__tickstore=sqlite:/data/ticks.db
            KAFKA_HOST=127.0.0.1
            KAFKA_PORT=29092
            Kestrel__Endpoints__grpc__Url=http://127.0.0.1:25202
            Kestrel__Endpoints__http__Url=http://127.0.0.1:25201
            OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=query
            """,
            await PlanAsync(builder, query));
    }

    [Fact]
    public async Task AReferenceToAService_GivesEveryEndpointOfEveryReplica()
    {
        using var folder = new TemporaryDirectory();
        var builder = Topology(folder, out _, out var query);
        query.WithReplicas(2);
        Allocate(query.Resource, ("http", 35201), ("grpc", 35202));
        var web = builder.AddExecutable("web-page", "sh", ".").WithReference(query).WithEnvironment("QUERY", query.GetEndpoint("grpc"));

        Assert.Equal(
            """
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=web-page
            QUERY=http://127.0.0.1:25202
            QUERY_GRPC=http://127.0.0.1:25202
            QUERY_HTTP=http://127.0.0.1:25201
            services__query__grpc__0=http://127.0.0.1:25202
            services__query__grpc__1=http://127.0.0.1:35202
            services__query__http__0=http://127.0.0.1:25201
            services__query__http__1=http://127.0.0.1:35201
            """,
            await PlanAsync(builder, web));
    }

    [Fact]
    public async Task AProjectWithoutKestrelEndpoints_GetsItsUrlsTheUsualWay()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        var plain = builder.AddProject<PlainProject>("plain").WithHttpEndpoint(name: "http").WithHttpEndpoint(name: "admin");
        Allocate(plain.Resource, ("http", 28080), ("admin", 28081));

        Assert.Equal(
            """
            ASPNETCORE_URLS=http://127.0.0.1:28080;http://127.0.0.1:28081
            OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=plain
            """,
            await PlanAsync(builder, plain));
    }

    [Fact]
    public async Task TheOtlpEndpoint_IsHandedOn_WhereItIsSet()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(
            folder, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "--OTEL_EXPORTER_OTLP_PROTOCOL=grpc");
        var tool = builder.AddExecutable("tool", "sh", ".");

        var plan = await PlanAsync(builder, tool);

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc\n", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InDevelopment_EverythingIsSentToTheDashboard_EverySecond()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder, "--environment=Development");
        var tool = builder.AddExecutable("tool", "sh", ".");

        Assert.Equal(
            """
            OTEL_BLRP_SCHEDULE_DELAY=1000
            OTEL_BSP_SCHEDULE_DELAY=1000
            OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:18889
            OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=secret
            OTEL_EXPORTER_OTLP_PROTOCOL=grpc
            OTEL_METRICS_EXEMPLAR_FILTER=trace_based
            OTEL_METRIC_EXPORT_INTERVAL=1000
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=tool
            OTEL_TRACES_SAMPLER=always_on
            """,
            await PlanAsync(builder, tool, new TelemetryTarget("http://127.0.0.1:18889", "x-otlp-api-key=secret")));
    }

    private static IDistributedApplicationBuilder Topology(
        TemporaryDirectory folder, out IResourceBuilder<KafkaServerResource> kafka, out IResourceBuilder<ProjectResource> query)
    {
        var builder = RunningApplication.CreateBuilder(folder, "--ConnectionStrings:tickstore=sqlite:/data/ticks.db");
        kafka = builder.AddKafka("kafka", 19092);
        var store = builder.AddConnectionString("tickstore");
        query = builder.AddProject<KestrelProject>("query").WithReference(kafka).WaitFor(kafka).WithReference(store);
        Allocate(kafka.Resource, ("tcp", 29092));
        Allocate(query.Resource, ("http", 25201), ("grpc", 25202));
        return builder;
    }

    private static void Allocate(IResource resource, params (string Name, int Port)[] ports)
    {
        foreach (var (name, port) in ports)
            resource.Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == name).AllocatedPorts.Add(port);
    }

    private static async Task<string> PlanAsync<T>(IDistributedApplicationBuilder builder, IResourceBuilder<T> resource, TelemetryTarget? telemetry = null)
        where T : IResource
    {
        var instance = new ResourceInstance((IProcessResource)resource.Resource, 0) { InstanceId = "abcdefgh" };
        var plan = new EnvironmentPlan(builder.Configuration, builder.Environment, builder.ExecutionContext);
        var launch = await plan.CreateAsync(instance, telemetry, TestContext.Current.CancellationToken);
        return string.Join('\n', launch.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
    }
}
