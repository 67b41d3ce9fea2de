namespace StockAspire.LocalHosting.Tests;

/// <summary>What starts when, and what a dashboard reads meanwhile.</summary>
public sealed class WaitingTests
{
    private const string Wait = "while :; do sleep 0.05; done";

    [Fact]
    public async Task ATaskThatEndsAsWanted_LetsItsDependentsStart_AndIsNotRunAgain()
    {
        using var folder = new TemporaryDirectory();
        var go = folder.File("go");
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var migrate = builder.AddExecutable("migrate", "sh", ".", "-c", $"while [ ! -e {go} ]; do sleep 0.05; done");
            WaitForCompletion(builder.AddExecutable("service", "sh", ".", "-c", Wait), migrate, exitCode: 0);
        });
        await using var service = new ResourceServiceClient(app);
        await service.SaysAsync("service", resource => resource.State == "Waiting" && resource.Reason() == "waits for migrate to complete");

        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);

        await service.SaysAsync("service", resource => resource.State == "Running");
        var done = await service.SaysAsync("migrate", resource => resource.State == "Finished");
        Assert.Equal(("0", "ended with exit code 0"), (done.Property("resource.exitCode"), done.Reason()));
        await app.SeesAsync("Everything is up.");
        Assert.DoesNotContain("Restart", app.Terminal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATaskThatEndsOtherwise_LeavesItsDependentsUnstarted_WithTheReason_UntilSomebodyStartsThem()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var migrate = builder.AddExecutable("migrate", "sh", ".", "-c", "echo no such keyspace >&2; exit 7");
            WaitForCompletion(builder.AddExecutable("service", "sh", ".", "-c", Wait), migrate, exitCode: 0);
        });
        await using var service = new ResourceServiceClient(app);

        var failed = await service.SaysAsync("service", resource => resource.State == "FailedToStart");
        Assert.Equal("waited for migrate to end with exit code 0, but it ended with exit code 7; its last error: no such keyspace", failed.Reason());
        Assert.Equal("error", failed.StateStyle);
        await service.SaysAsync("migrate", resource => resource.State == "Exited" && resource.Property("resource.exitCode") == "7");

        await service.ExecuteAsync("service", "resource-start");
        await service.SaysAsync("service", resource => resource.State == "Running");
    }

    [Fact]
    public async Task WhatIsStartedByHand_WaitsForTheCommand_AndHoldsUpOnlyThoseThatWaitForIt()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            builder.AddExecutable("other", "sh", ".", "-c", Wait);
            var tool = builder.AddExecutable("tool", "sh", ".", "-c", Wait).With(new ExplicitStartupAnnotation());
            builder.AddExecutable("started", "sh", ".", "-c", Wait).With(new WaitAnnotation(tool.Resource, WaitType.UntilStarted)).With(new ExplicitStartupAnnotation());
        });
        await using var service = new ResourceServiceClient(app);
        await app.SeesAsync("Everything is up.");
        Assert.Equal("NotStarted", (await service.SaysAsync("tool", _ => true)).State);

        await service.ExecuteAsync("tool", "resource-start");

        await service.SaysAsync("tool", resource => resource.State == "Running");
        Assert.Equal("NotStarted", service["started"]!.State);
    }

    [Fact]
    public async Task WaitForStart_IsContentWithAProcessThatIsNotHealthyYet()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var slow = builder.AddExecutable("slow", "sh", ".", "-c", Wait).WithHttpEndpoint(name: "http").WithHttpHealthCheck("/health");
            builder.AddExecutable("quick", "sh", ".", "-c", Wait).With(new WaitAnnotation(slow.Resource, WaitType.UntilStarted));
            builder.AddExecutable("careful", "sh", ".", "-c", Wait).WaitFor(slow);
        });
        await using var service = new ResourceServiceClient(app);

        await service.SaysAsync("quick", resource => resource.State == "Running");
        var slow = await service.SaysAsync("slow", resource => resource.State == "Running" && resource.HealthReports.Any(report => report.HasStatus));

        Assert.False(slow.IsHealthy());
        Assert.Equal("waits for slow to be healthy", (await service.SaysAsync("careful", resource => resource.State == "Waiting")).Reason());
    }

    [Fact]
    public async Task WhatWaits_CanBeStartedAtOnce_OrBeKeptFromStarting()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var slow = builder.AddExecutable("slow", "sh", ".", "-c", Wait).WithHttpEndpoint(name: "http").WithHttpHealthCheck("/health");
            builder.AddExecutable("impatient", "sh", ".", "-c", Wait).WaitFor(slow);
            builder.AddExecutable("unwanted", "sh", ".", "-c", Wait).WaitFor(slow);
        });
        await using var service = new ResourceServiceClient(app);
        await service.SaysAsync("impatient", resource => resource.State == "Waiting");

        await service.ExecuteAsync("impatient", "resource-start");
        await service.ExecuteAsync("unwanted", "resource-stop");

        await service.SaysAsync("impatient", resource => resource.State == "Running");
        await service.SaysAsync("unwanted", resource => resource is { State: "NotStarted" } && resource.Reason() == "stopped by command");
    }

    private static void WaitForCompletion(IResourceBuilder<ExecutableResource> builder, IResourceBuilder<IResource> task, int exitCode) =>
        builder.With(new WaitAnnotation(task.Resource, WaitType.ForCompletion, exitCode));
}
