using Aspire.DashboardService.Proto.V1;
using Grpc.Core;

namespace StockAspire.LocalHosting.Tests;

/// <summary>The service that dashboards ask, over the wire, of an application of shell scripts.</summary>
public sealed class ResourceServiceTests
{
    private const string Wait = "while :; do sleep 0.05; done";

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task WithoutTheKeyOfThisRun_NothingIsTold(string? key)
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), _ => { });
        await using var service = new ResourceServiceClient(app);
        var headers = new Metadata();
        if (key is not null)
            headers.Add(ApiKeyInterceptor.Header, key);
        var call = new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken);

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await service.Client.GetApplicationInformationAsync(new ApplicationInformationRequest(), call));
        using var stream = service.Client.WatchResources(new WatchResourcesRequest(), call);
        var streamed = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), (unary.StatusCode, streamed.StatusCode));
        Assert.Equal("StockAspire.LocalHosting.Tests", (await service.Client.GetApplicationInformationAsync(new ApplicationInformationRequest(), service.Call)).ApplicationName);
    }

    [Fact]
    public async Task AResource_IsToldWithAllThatIsKnownOfIt_AndWhatIsSecretIsMarked()
    {
        await using var app = await RunningApplication.StartAsync(
            new TemporaryDirectory(),
            builder =>
            {
                var store = builder.AddConnectionString("store");
                var first = builder.AddExecutable("first", "sh", "/", "-c", Wait).WithEndpoint(name: "tcp");
                builder.AddExecutable("second", "sh", "/", "-c", Wait).WithReference(store).WaitFor(first);
            },
            "--ConnectionStrings:store=cassandra://user:pass@db:9042/ticks");
        await using var service = new ResourceServiceClient(app);

        var second = await service.SaysAsync("second", resource => resource.State == "Running");

        Assert.Equal(("second", "Executable", "success"), (second.DisplayName, second.ResourceType, second.StateStyle));
        Assert.NotNull(second.StartedAt);
        Assert.Null(second.StoppedAt);
        Assert.Contains(("first", "WaitFor"), second.Relationships.Select(relationship => (relationship.ResourceName, relationship.Type)));
        Assert.Contains(second.Environment, variable => variable is { Name: "ConnectionStrings__store", Value: "cassandra://user:pass@db:9042/ticks", IsFromSpec: true });
        Assert.Equal($"service.instance.id={second.Uid}", second.Environment.Single(variable => variable.Name == "OTEL_RESOURCE_ATTRIBUTES").Value);
        Assert.Equal(app.Endpoints().GetProperty("pids").GetProperty("second").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), second.Property("executable.pid"));
        Assert.Equal("sh", second.Property("executable.path"));
        Assert.True(second.Properties.Single(property => property.Name == "executable.args").IsSensitive);
        Assert.Equal(["resource-start", "resource-stop", "resource-restart"], second.Commands.Select(command => command.Name));
        Assert.Equal(
            [ResourceCommandState.Hidden, ResourceCommandState.Enabled, ResourceCommandState.Enabled], second.Commands.Select(command => command.State));

        var url = Assert.Single(service["first"]!.Urls);
        Assert.Equal(("tcp", app.Endpoints().GetProperty("first").GetProperty("tcp").GetString(), false), (url.EndpointName, url.FullUrl, url.IsInactive));

        var store = await service.SaysAsync("store", _ => true);
        Assert.Equal(("Active", 0), (store.State, store.Commands.Count));
        Assert.True(store.Properties.Single(property => property.Name == "resource.connectionString").IsSensitive);
        Assert.Equal("cassandra://***@db:9042/ticks", app.Endpoints().GetProperty("store").GetString());
    }

    [Fact]
    public async Task StopStartAndRestart_AreCarriedOut_AndLeaveDependentsAlone()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var first = builder.AddExecutable("first", "sh", ".", "-c", $"trap 'echo drained; exit 0' TERM; echo ready; {Wait}");
            builder.AddExecutable("second", "sh", ".", "-c", Wait).WaitFor(first);
        });
        await using var service = new ResourceServiceClient(app);
        await app.SeesAsync("first   | ready");
        var dependent = (await service.SaysAsync("second", resource => resource.State == "Running")).Property("executable.pid");

        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await service.ExecuteAsync("first", "resource-stop")).Kind);
        var stopped = await service.SaysAsync("first", resource => resource.State == "Finished");
        Assert.Equal(("was stopped", "0"), (stopped.Reason(), stopped.Property("resource.exitCode")));
        Assert.NotNull(stopped.StoppedAt);
        Assert.Contains("first   | drained", app.Terminal, StringComparison.Ordinal);
        Assert.Equal("first does not run", (await service.ExecuteAsync("first", "resource-stop")).ErrorMessage);

        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await service.ExecuteAsync("first", "resource-start")).Kind);
        var started = await service.SaysAsync("first", resource => resource.State == "Running");
        Assert.Equal($"first runs already, pid {started.Property("executable.pid")}", (await service.ExecuteAsync("first", "resource-start")).ErrorMessage);

        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await service.ExecuteAsync("first", "resource-restart")).Kind);
        var pid = started.Property("executable.pid");
        await service.SaysAsync("first", resource => resource.State == "Running" && resource.Property("executable.pid") != pid);
        Assert.Equal(dependent, service["second"]!.Property("executable.pid"));
        Assert.DoesNotContain("Restart", app.Terminal, StringComparison.Ordinal);

        Assert.Equal("there is no process of the name 'third'", (await service.ExecuteAsync("third", "resource-stop")).ErrorMessage);
        Assert.Equal(
            "'resource-eat' is no command; there are resource-start, resource-stop, resource-restart", (await service.ExecuteAsync("first", "resource-eat")).ErrorMessage);
    }

    [Fact]
    public async Task TheOutput_IsToldFromTheBeginning_WithItsTimes_ErrorsMarked_AndThenFollowed()
    {
        using var folder = new TemporaryDirectory();
        var go = folder.File("go");
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
            builder.AddExecutable("talker", "sh", ".", "-c", $"echo one; echo two >&2; while [ ! -e {go} ]; do sleep 0.05; done; echo three; {Wait}"));
        await using var service = new ResourceServiceClient(app);
        await app.SeesAsync("| one");
        await app.SeesAsync("| two");

        using var call = service.Client.WatchResourceConsoleLogs(new WatchResourceConsoleLogsRequest { ResourceName = "talker" }, service.Call);
        var seen = new List<ConsoleLogLine>();
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        while (!seen.Any(line => line.Text.EndsWith(" three", StringComparison.Ordinal)) && await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            seen.AddRange(call.ResponseStream.Current.LogLines);

        Assert.Equal(Enumerable.Range(1, 4), seen.Select(line => line.LineNumber));
        Assert.All(seen, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z ", line.Text));
        Assert.Equal(
            ["[apphost] started, pid", "one", "three", "two"],
            seen.Select(line => line.Text[29..]).Select(text => text.StartsWith("[apphost] started, pid", StringComparison.Ordinal) ? text[..22] : text).Order(StringComparer.Ordinal));
        Assert.Equal([" two"], seen.Where(line => line.IsStdErr).Select(line => line.Text[28..]));

        var absent = await Assert.ThrowsAsync<RpcException>(() => service.ConsoleAsync("absent"));
        Assert.Equal((StatusCode.NotFound, "There is no resource 'absent'."), (absent.StatusCode, absent.Status.Detail));
    }
}
