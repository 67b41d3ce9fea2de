namespace StockAspire.AppHost.Tests;

/// <summary>
/// All that each resource of our application is given, in Development and on the fixed ports. A difference is a change
/// of what services see, so the files are changed by hand.
/// </summary>
public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("kafka")]
    [InlineData("ingest")]
    [InlineData("sink")]
    [InlineData("query")]
    public async Task A_resource_is_given_exactly_what_is_written_down(string name)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--environment=Development", "--AppHost:DataDirectory=/data", "--Ingest:CsvRoot=/csv"], TestContext.Current.CancellationToken);
        var instances = ResourceInstance.Of(builder.Resources);
        foreach (var endpoint in instances.SelectMany(instance => instance.Endpoints))
            endpoint.AllocatedPorts.Add(endpoint.Port!.Value);
        var plan = new EnvironmentPlan(builder.Configuration, builder.Environment, builder.ExecutionContext);

        var instance = instances.Single(candidate => candidate.Name == name);
        var launch = await plan.CreateAsync(
            instance, new TelemetryTarget("http://127.0.0.1:18889", "x-otlp-api-key=KEY"), TestContext.Current.CancellationToken);

        var lines = launch.Environment.Select(variable => $"{variable.Key}={variable.Value}\n".Replace(instance.InstanceId, "INSTANCE", StringComparison.Ordinal));
        Assert.Equal(Golden.Read($"{name}.env"), string.Concat(lines));
        Assert.Empty(launch.Arguments);
    }

    [Theory]
    [InlineData("ingest", "Ingest__Instance", "ingest-1", "ingest-2")]
    [InlineData("sink", "Sink__Instance", "mine", "sink-2")]
    public async Task Replicas_have_names_of_their_own_that_they_keep(string name, string variable, params string[] expected)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--Sink:Instance=mine"], TestContext.Current.CancellationToken);
        var resource = builder.Resources.OfType<ProjectResource>().Single(candidate => candidate.Name == name);
        builder.CreateResourceBuilder(resource).WithReplicas(2);
        foreach (var endpoint in builder.Resources.SelectMany(other => other.Annotations.OfType<EndpointAnnotation>()))
            endpoint.AllocatedPorts.AddRange([1, 2]);
        var plan = new EnvironmentPlan(builder.Configuration, builder.Environment, builder.ExecutionContext);

        var names = new List<string>();
        foreach (var instance in ResourceInstance.Of(builder.Resources).Where(candidate => candidate.Resource == resource))
            names.Add((await plan.CreateAsync(instance, telemetry: null, TestContext.Current.CancellationToken)).Environment[variable]);

        Assert.Equal(expected, names);
    }
}
