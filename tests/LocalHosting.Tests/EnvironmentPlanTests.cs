namespace StockAspire.LocalHosting.Tests;

/// <summary>The variables that each resource of a topology like the AppHost's is given; facts of Aspire's run mode.</summary>
public sealed class EnvironmentPlanTests
{
    [Fact]
    public void AProject_GetsItsKestrelEndpoints_TheBroker_AndTheStore()
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
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=query
            """,
            Plan(builder, query));
    }

    [Fact]
    public void AReferenceToAService_GivesEveryEndpointOfEveryReplica()
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
            Plan(builder, web));
    }

    [Fact]
    public void AProjectWithoutKestrelEndpoints_GetsItsUrlsTheUsualWay()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        var plain = builder.AddProject<PlainProject>("plain").WithHttpEndpoint(name: "http").WithHttpEndpoint(name: "admin");
        Allocate(plain.Resource, ("http", 28080), ("admin", 28081));

        Assert.Equal(
            """
            ASPNETCORE_URLS=http://127.0.0.1:28080;http://127.0.0.1:28081
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id=abcdefgh
            OTEL_SERVICE_NAME=plain
            """,
            Plan(builder, plain));
    }

    [Fact]
    public void TheOtlpEndpoint_IsHandedOn_WhereItIsSet()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(
            folder, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "--OTEL_EXPORTER_OTLP_PROTOCOL=grpc");
        var tool = builder.AddExecutable("tool", "sh", ".");

        var plan = Plan(builder, tool);

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc\n", plan, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExternalKafka_IsHandedOn_AndNothingIsStarted()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder, "--ConnectionStrings:kafka=k1:9093, k2:9093");
        var kafka = builder.AddKafka("kafka", 19092);
        var sink = builder.AddExecutable("sink", "sh", ".").WithReference(kafka).WaitFor(kafka);

        Assert.Contains("ConnectionStrings__kafka=k1:9093, k2:9093\nKAFKA_HOST=k1\nKAFKA_PORT=9093\n", Plan(builder, sink), StringComparison.Ordinal);
        Assert.Equal(["sink"], ResourceInstance.Of(builder.Resources).Select(instance => instance.Name));
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

    private static string Plan<T>(IDistributedApplicationBuilder builder, IResourceBuilder<T> resource)
        where T : IResource
    {
        var instance = new ResourceInstance((IProcessResource)resource.Resource, 0) { InstanceId = "abcdefgh" };
        return string.Join('\n', EnvironmentPlan.Create(instance, builder.Configuration).Select(variable => $"{variable.Key}={variable.Value}"));
    }
}
