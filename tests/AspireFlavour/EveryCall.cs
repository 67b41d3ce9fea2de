namespace StockAspire.AspireFlavour;

/// <summary>
/// Every call of the app-model that LocalHosting has, in one application. The file is compiled twice, against
/// LocalHosting and against Aspire's signatures: whatever LocalHosting offers must mean the same text to both.
/// </summary>
internal static class EveryCall
{
    internal static void Describe<TProject>(IDistributedApplicationBuilder builder)
        where TProject : IProjectMetadata, new()
    {
        var secret = builder.AddParameter("secret", secret: true);
        var given = builder.AddParameter("given", "value", publishValueAsDefault: true);
        var later = builder.AddParameter("later", () => "value");
        var configured = builder.AddParameterFromConfiguration("configured", "Some:Key", secret: false);

        var kafka = builder.AddKafka("kafka", port: 19092).WithDataVolume("log");
        IResourceBuilder<IResourceWithConnectionString> store = builder.AddConnectionString("store");
        var address = kafka.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort);
        var joined = builder.AddConnectionString("joined", ReferenceExpression.Create($"kafka://{given}@{address}/{"x"}?broker={kafka}"));

        var tool = builder.AddExecutable("tool", "sh", ".", "-c", "exit 0")
            .WithEndpoint(port: 5000, targetPort: 5000, scheme: "tcp", name: "raw", env: "RAW_PORT")
            .WithHttpEndpoint(port: 5001, name: "http")
            .WithHttpEndpoint(targetPort: 5002, name: "admin", env: "ADMIN_PORT")
            .WithHealthCheck("own")
            .WithExplicitStart();
        builder.AddExecutable("typed", "sh", ".", "-c", tool.GetEndpoint("http"), address);

        var service = builder.AddProject<TProject>("service")
            .WithReference(kafka)
            .WithReference(store, connectionName: "renamed", optional: true)
            .WithReference(joined)
            .WithReference(tool.GetEndpoint("http"))
            .WaitFor(kafka)
            .WaitForStart(store)
            .WaitForCompletion(tool, exitCode: 3)
            .WithHttpHealthCheck("/health", statusCode: 200, endpointName: "http")
            .WithReplicas(2);
        builder.AddProject<TProject>("client")
            .WithReference(service)
            .WithReference(service, "alias")
            .WithEnvironment("TEXT", "text")
            .WithEnvironment("CALLBACK", () => "text")
            .WithEnvironment("ENDPOINT", service.GetEndpoint("http"))
            .WithEnvironment("EXPRESSION", ReferenceExpression.Create($"{service.GetEndpoint("http")}/path"))
            .WithEnvironment("INTERPOLATED", $"{service.GetEndpoint("http").Property(EndpointProperty.Port)}")
            .WithEnvironment("PARAMETER", secret)
            .WithEnvironment("CONNECTION", store)
            .WithEnvironment(context => context.EnvironmentVariables[context.Resource.Name] = context.ExecutionContext.IsRunMode ? later.Resource : configured.Resource)
            .WithEnvironment(async context => await Task.CompletedTask.WaitAsync(context.CancellationToken))
            .WithArgs("--text", "text")
            .WithArgs("--url", service.GetEndpoint("http"))
            .WithArgs(context => context.Args.Add(context.Resource.Name))
            .WithArgs(async context => await Task.CompletedTask.WaitAsync(context.CancellationToken))
            .WithReferenceRelationship(kafka)
            .WithReferenceRelationship(kafka.Resource)
            .WithParentRelationship(tool)
            .WithParentRelationship(tool.Resource)
            .WithRelationship(kafka.Resource, "Uses");

        var seen = builder.ExecutionContext.IsPublishMode ? 0 : builder.Resources.Count;
        builder.CreateResourceBuilder(tool.Resource).WithArgs($"{seen}");
        var subscription = builder.Eventing.Subscribe<BeforeStartEvent>((@event, _) => Task.FromResult((@event.Services, @event.Model.Resources)));
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((@event, _) => Task.FromResult((@event.Services, @event.Model.Resources)));
        builder.Eventing.Unsubscribe(subscription);
    }
}
