using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.LocalHosting.Tests;

/// <summary>What a test asks of a running application, and does to it. Real processes; <c>sh</c> plays the services.</summary>
public sealed class ResourceNotificationTests
{
    private const string Wait = "while :; do sleep 0.05; done";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_process_that_comes_after_a_crash_is_told_of()
    {
        await using var running = await StartAsync("victim");
        var notifications = running.App.ResourceNotifications;
        var first = ProcessOf(await notifications.WaitForResourceAsync("victim", now => ProcessOf(now) is not null, Token))!.Value;

        using (var process = Process.GetProcessById(first))
            process.Kill();

        var next = await notifications.WaitForResourceAsync("victim", now => ProcessOf(now) is { } second && second != first, Token);
        Assert.Equal(("victim", "victim", "Running"), (next.Resource.Name, next.ResourceId, next.Snapshot.State?.Text));
        Assert.False(notifications.TryGetCurrentState("nobody", out _));
    }

    [Fact]
    public async Task A_command_is_carried_out_or_refused_with_the_reason()
    {
        await using var running = await StartAsync("one");
        await running.App.ResourceNotifications.WaitForResourceHealthyAsync("one", Token);

        Assert.True((await running.App.ResourceCommands.ExecuteCommandAsync("one", KnownResourceCommands.StopCommand, Token)).Success);

        Assert.True(running.App.ResourceNotifications.TryGetCurrentState("one", out var now));
        Assert.Equal(("Finished", 143, null), (now.Snapshot.State?.Text, now.Snapshot.ExitCode, ProcessOf(now)));
        var again = await running.App.ResourceCommands.ExecuteCommandAsync("one", KnownResourceCommands.StopCommand, Token);
        Assert.Equal((false, "one does not run"), (again.Success, again.Message));
        var absent = await running.App.ResourceCommands.ExecuteCommandAsync("two", KnownResourceCommands.StartCommand, Token);
        Assert.Equal("there is no process of the name 'two'", absent.Message);
    }

    [Fact]
    public async Task Disposed_of_without_a_stop_it_leaves_no_process()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        builder.Services.AddSingleton(_ => new RunConsole(TextWriter.Null, isTerminal: false, isColoured: false, () => 0));
        builder.AddExecutable("left", "sh", ".", "-c", Wait);
        int process;
        await using (var app = builder.Build())
        {
            await app.StartAsync(Token);
            process = ProcessOf(await app.ResourceNotifications.WaitForResourceAsync("left", now => ProcessOf(now) is not null, Token))!.Value;
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    [Fact]
    public async Task Before_the_start_there_is_nothing_to_ask()
    {
        using var folder = new TemporaryDirectory();
        await using var app = RunningApplication.CreateBuilder(folder).Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.ResourceNotifications.TryGetCurrentState("any", out _));

        Assert.Equal("The application has not started.", error.Message);
    }

    [Fact]
    public void A_resource_is_found_again_by_its_name_and_kind()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        var added = builder.AddExecutable("tool", "sh", ".");

        Assert.Same(added.Resource, builder.CreateResourceBuilder<ExecutableResource>("tool").Resource);

        Assert.Equal("There is no resource 'other'.", Assert.Throws<InvalidOperationException>(() => builder.CreateResourceBuilder<ExecutableResource>("other")).Message);
        Assert.Equal(
            "Resource 'tool' is of type ExecutableResource, not ProjectResource.",
            Assert.Throws<InvalidOperationException>(() => builder.CreateResourceBuilder<ProjectResource>("tool")).Message);
    }

    private static Task<RunningApplication> StartAsync(string name) =>
        RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddExecutable(name, "sh", ".", "-c", Wait));

    private static int? ProcessOf(ResourceEvent resource) =>
        (int?)resource.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value;
}
