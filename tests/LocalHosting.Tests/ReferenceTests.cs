namespace StockAspire.LocalHosting.Tests;

/// <summary>What one resource is told about others and about values from outside, and what a manifest says instead.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task A_reference_expression_puts_values_into_text()
    {
        var builder = CreateBuilder("--Parameters:user=ann");
        var kafka = builder.AddKafka("kafka");
        Allocate(kafka, "tcp", 29092);
        var user = builder.AddParameter("user");
        var address = kafka.Resource.PrimaryEndpoint.Property(EndpointProperty.HostAndPort);

        var expression = ReferenceExpression.Create($"tcp://{user}@{address}/{"x"}?raw={kafka}");

        Assert.Equal("tcp://ann@127.0.0.1:29092/x?raw=127.0.0.1:29092", await expression.GetValueAsync(Token));
        Assert.Equal(
            "tcp://{user.value}@{kafka.bindings.tcp.host}:{kafka.bindings.tcp.port}/x?raw={kafka.connectionString}", expression.ValueExpression);
    }

    [Theory]
    [InlineData(EndpointProperty.Url, "http://127.0.0.1:28080", "{web.bindings.http.url}")]
    [InlineData(EndpointProperty.Host, "127.0.0.1", "{web.bindings.http.host}")]
    [InlineData(EndpointProperty.Port, "28080", "{web.bindings.http.port}")]
    [InlineData(EndpointProperty.Scheme, "http", "{web.bindings.http.scheme}")]
    [InlineData(EndpointProperty.TargetPort, "28080", "{web.bindings.http.targetPort}")]
    [InlineData(EndpointProperty.HostAndPort, "127.0.0.1:28080", "{web.bindings.http.host}:{web.bindings.http.port}")]
    public async Task Each_property_of_an_endpoint_has_a_value_and_an_expression(EndpointProperty property, string value, string expression)
    {
        var web = CreateBuilder().AddExecutable("web", "sh", ".").WithHttpEndpoint();
        Allocate(web, "http", 28080);

        var part = web.GetEndpoint("http").Property(property);

        Assert.Equal(value, await part.GetValueAsync(Token));
        Assert.Equal(expression, part.ValueExpression);
    }

    [Fact]
    public async Task Variables_take_text_endpoints_expressions_parameters_connection_strings_and_callbacks()
    {
        var builder = CreateBuilder("--Parameters:api-key=k", "--ConnectionStrings:store=sqlite:/x");
        var web = builder.AddExecutable("web", "sh", ".").WithHttpEndpoint();
        Allocate(web, "http", 28080);
        var tool = builder.AddExecutable("tool", "sh", ".")
            .WithEnvironment("TEXT", "text")
            .WithEnvironment("LATER", () => "later")
            .WithEnvironment("ENDPOINT", web.GetEndpoint("http"))
            .WithEnvironment("EXPRESSION", ReferenceExpression.Create($"<{web.GetEndpoint("http")}>"))
            .WithEnvironment("INTERPOLATED", $"port={web.GetEndpoint("http").Property(EndpointProperty.Port)}")
            .WithEnvironment("PARAMETER", builder.AddParameter("api-key", secret: true))
            .WithEnvironment("CONNECTION", builder.AddConnectionString("store"))
            .WithEnvironment(context => context.EnvironmentVariables["NUMBER"] = 1.5)
            .WithEnvironment(async context =>
            {
                await Task.Yield();
                context.EnvironmentVariables["FLAG"] = true;
            });

        var variables = await VariablesAsync(builder, tool);

        Assert.Equal(
            """
            CONNECTION=sqlite:/x
            ENDPOINT=http://127.0.0.1:28080
            EXPRESSION=<http://127.0.0.1:28080>
            FLAG=true
            INTERPOLATED=port=28080
            LATER=later
            NUMBER=1.5
            PARAMETER=k
            TEXT=text
            """,
            variables);
    }

    [Fact]
    public async Task Arguments_are_text_and_values_in_their_order()
    {
        var builder = CreateBuilder();
        var web = builder.AddExecutable("web", "sh", ".").WithHttpEndpoint();
        Allocate(web, "http", 28080);
        var tool = builder.AddExecutable("tool", "sh", ".", "-c", "run")
            .WithArgs("--url", web.GetEndpoint("http"))
            .WithArgs(context => context.Args.Add(3))
            .WithArgs(async context =>
            {
                await Task.Yield();
                context.Args.Add(web.GetEndpoint("http").Property(EndpointProperty.Port));
            });

        var launch = await Plan(builder).CreateAsync(new ResourceInstance(tool.Resource, 0), telemetry: null, Token);

        Assert.Equal(["-c", "run", "--url", "http://127.0.0.1:28080", "3", "28080"], launch.Arguments);
    }

    [Fact]
    public async Task A_missing_parameter_is_named_with_its_key()
    {
        var builder = CreateBuilder();
        var tool = builder.AddExecutable("tool", "sh", ".").WithEnvironment("KEY", builder.AddParameter("api-key"));

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => VariablesAsync(builder, tool));

        Assert.Equal("Parameter 'api-key' is missing; set Parameters:api-key.", error.Message);
    }

    [Fact]
    public async Task A_parameter_of_the_environment_has_underscores_for_hyphens()
    {
        var builder = CreateBuilder("--Parameters:api_key=k");

        Assert.Equal("k", await builder.AddParameter("api-key").Resource.GetValueAsync(Token));
    }

    [Fact]
    public async Task A_missing_connection_string_is_left_out_where_it_is_optional_and_an_error_where_not()
    {
        var builder = CreateBuilder();
        var store = builder.AddConnectionString("store");
        var lenient = builder.AddExecutable("lenient", "sh", ".").WithReference(store, optional: true);
        var strict = builder.AddExecutable("strict", "sh", ".").WithReference(store);

        Assert.Equal("", await VariablesAsync(builder, lenient));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => VariablesAsync(builder, strict));
        Assert.Equal("Connection string 'store' is missing; set ConnectionStrings:store.", error.Message);
    }

    [Fact]
    public async Task A_connection_string_may_be_put_together_and_renamed()
    {
        var builder = CreateBuilder();
        var database = builder.AddExecutable("database", "sh", ".").WithEndpoint(name: "cql");
        Allocate(database, "cql", 29042);
        var store = builder.AddConnectionString("store", ReferenceExpression.Create($"cassandra://{database.GetEndpoint("cql").Property(EndpointProperty.HostAndPort)}/ticks"));
        var sink = builder.AddExecutable("sink", "sh", ".").WithReference(store, connectionName: "ticks");

        Assert.Equal("ConnectionStrings__ticks=cassandra://127.0.0.1:29042/ticks", await VariablesAsync(builder, sink));
    }

    [Fact]
    public async Task One_endpoint_or_another_name_can_be_referred_to()
    {
        var builder = CreateBuilder();
        var query = builder.AddProject<KestrelProject>("query");
        Allocate(query, "http", 25201);
        Allocate(query, "grpc", 25202);

        var one = builder.AddExecutable("one", "sh", ".").WithReference(query.GetEndpoint("grpc"));
        var renamed = builder.AddExecutable("renamed", "sh", ".").WithReference(query, "ticks");

        Assert.Equal("QUERY_GRPC=http://127.0.0.1:25202\nservices__query__grpc__0=http://127.0.0.1:25202", await VariablesAsync(builder, one));
        Assert.Equal(
            """
            TICKS_GRPC=http://127.0.0.1:25202
            TICKS_HTTP=http://127.0.0.1:25201
            services__ticks__grpc__0=http://127.0.0.1:25202
            services__ticks__http__0=http://127.0.0.1:25201
            """,
            await VariablesAsync(builder, renamed));
    }

    [Fact]
    public async Task Every_replica_has_variables_of_its_own()
    {
        var builder = CreateBuilder();
        var query = builder.AddProject<KestrelProject>("query").WithReplicas(2)
            .WithEnvironment(context => context.EnvironmentVariables["INSTANCE"] = context.Replica);
        var instances = ResourceInstance.Of(builder.Resources);
        PortAllocator.Allocate(instances, new AppHostSettings("/", DynamicPorts: true, new Dictionary<string, int>()));

        var plans = new List<IReadOnlyDictionary<string, string>>();
        foreach (var instance in instances)
            plans.Add((await Plan(builder).CreateAsync(instance, telemetry: null, Token)).Environment);

        Assert.Equal(["query", "query-2"], instances.Select(instance => instance.Name));
        Assert.Equal(["0", "1"], plans.Select(plan => plan["INSTANCE"]));
        foreach (var name in (string[])["OTEL_RESOURCE_ATTRIBUTES", "Kestrel__Endpoints__grpc__Url", "Kestrel__Endpoints__http__Url"])
            Assert.Equal(2, plans.Select(plan => plan[name]).Distinct().Count());
        Assert.Equal(["query"], plans.Select(plan => plan["OTEL_SERVICE_NAME"]).Distinct());
    }

    [Fact]
    public void References_and_waits_are_edges_of_the_graph()
    {
        var builder = CreateBuilder();
        var kafka = builder.AddKafka("kafka");
        var sink = builder.AddExecutable("sink", "sh", ".").WithReference(kafka).WaitForCompletion(kafka, exitCode: 3).WaitForStart(kafka).WithExplicitStart();
        sink.WithParentRelationship(kafka).WithReferenceRelationship(kafka.Resource);

        Assert.Equal(
            ["Reference", "WaitFor", "WaitFor", "Parent", "Reference"],
            sink.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Where(edge => edge.Resource == kafka.Resource).Select(edge => edge.Type));
        Assert.Equal(
            [new WaitAnnotation(kafka.Resource, WaitType.ForCompletion, 3), new WaitAnnotation(kafka.Resource, WaitType.UntilStarted)],
            sink.Resource.Annotations.OfType<WaitAnnotation>());
        Assert.Single(sink.Resource.Annotations.OfType<ExplicitStartupAnnotation>());
    }

    [Fact]
    public void Two_ports_of_one_endpoint_are_refused_without_a_proxy_between_them()
    {
        var tool = CreateBuilder().AddExecutable("tool", "sh", ".");

        var error = Assert.Throws<DistributedApplicationException>(() => tool.WithHttpEndpoint(port: 8080, targetPort: 3000));

        Assert.Equal("Endpoint 'http' of resource 'tool' has port 8080 and target port 3000; there is no proxy here, so they must be the same.", error.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EnvironmentPlan Plan(IDistributedApplicationBuilder builder) => new(builder.Configuration, builder.Environment, builder.ExecutionContext);

    private static void Allocate<T>(IResourceBuilder<T> resource, string endpoint, int port)
        where T : IResource =>
        resource.Resource.Annotations.OfType<EndpointAnnotation>().Single(candidate => candidate.Name == endpoint).AllocatedPorts.Add(port);

    /// <summary>Without those of telemetry, which every resource has.</summary>
    private static async Task<string> VariablesAsync<T>(IDistributedApplicationBuilder builder, IResourceBuilder<T> resource)
        where T : IResource
    {
        var launch = await Plan(builder).CreateAsync(new ResourceInstance((IProcessResource)resource.Resource, 0), telemetry: null, Token);
        return string.Join('\n', launch.Environment.Where(variable => !variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)).Select(variable => $"{variable.Key}={variable.Value}"));
    }

    private IDistributedApplicationBuilder CreateBuilder(params string[] args) => RunningApplication.CreateBuilder(_folder, args);
}
