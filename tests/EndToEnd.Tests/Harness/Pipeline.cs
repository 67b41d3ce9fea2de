using Grpc.Net.Client;
using StockAspire.LocalHosting;
using StockAspire.LocalHosting.Testing;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>
/// The whole pipeline: the AppHost's application, run from the test's process by the testing builder, with a data folder
/// of its own and free ports. The services are processes as ever.
/// </summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly string[] Services = ["ingest", "sink", "query"];

    private readonly IDistributedApplicationTestingBuilder _builder;
    private readonly DistributedApplication _app;
    private int _killed;

    private Pipeline(IDistributedApplicationTestingBuilder builder, DistributedApplication app)
    {
        _builder = builder;
        _app = app;
    }

    public string Data => _builder.DataDirectory;

    public string Kafka { get; private set; } = string.Empty;

    public string TickStoreFile { get; private set; } = string.Empty;

    public GrpcChannel Ingest { get; private set; } = null!;

    public GrpcChannel Query { get; private set; } = null!;

    /// <summary>What the AppHost itself has said.</summary>
    public string HostLog
    {
        get
        {
            var file = Path.Combine(Data, "logs", "apphost.log");
            return File.Exists(file) ? File.ReadAllText(file) : string.Empty;
        }
    }

    /// <summary>The ids of all processes, for a comparison.</summary>
    public string Processes => string.Join(", ", _builder.Resources.Select(resource => $"{resource.Name} {FindProcess(resource.Name)}"));

    /// <param name="settings">Of the AppHost, as KEY=VALUE.</param>
    public static Task<Pipeline> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    /// <param name="change">Of the application, before it is built.</param>
    /// <param name="settings">As above.</param>
    public static async Task<Pipeline> StartAsync(Action<IDistributedApplicationBuilder> change, params string[] settings)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [.. settings.Select(setting => "--" + setting)], TestContext.Current.CancellationToken);
        change(builder);
        var pipeline = new Pipeline(builder, await builder.BuildAsync(TestContext.Current.CancellationToken));
        try
        {
            await pipeline.ConnectAsync();
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>The command line tool, which finds the pipeline by its data folder.</summary>
    public ProgramRun RunCommandLine(params string[] arguments) =>
        ProgramRun.StartDotNet(Repository.Program("Cli", "stockaspire"), [.. arguments, "--data", Data]);

    public Uri Endpoint(string service, string name) => _app.GetEndpoint(service, name);

    /// <summary>Of the process that runs now.</summary>
    public int ProcessId(string resource) => FindProcess(resource) ?? throw new InvalidOperationException($"{resource} is between two runs.");

    /// <summary>
    /// Ends a resource at once, as a crash would, and the AppHost starts it again. A resource that is between two runs is
    /// waited for.
    /// </summary>
    public async Task CrashAsync(string resource)
    {
        var running = await _app.ResourceNotifications
            .WaitForResourceAsync(resource, now => ProcessOf(now) is { } id && id != _killed, TestContext.Current.CancellationToken)
            .WaitAsync(StartLimit, TestContext.Current.CancellationToken);
        _killed = ProcessOf(running)!.Value;
        ProgramRun.Signal(_killed, 9);
    }

    /// <summary>Drains a replica, which then stays down.</summary>
    public async Task StopAsync(string replica)
    {
        var result = await _app.ResourceCommands.ExecuteCommandAsync(replica, KnownResourceCommands.StopCommand, TestContext.Current.CancellationToken);
        Assert.True(result.Success, result.Message);
    }

    /// <summary>Stops all of it, and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        Ingest?.Dispose();
        Query?.Dispose();
        await _builder.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        await _app.StartAsync(limit.Token);
        try
        {
            await Task.WhenAll(Services.Select(service => _app.ResourceNotifications.WaitForResourceHealthyAsync(service, limit.Token)));
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not every service was healthy within {StartLimit.TotalSeconds} s.\n{HostLog}");
        }

        Kafka = (await _app.GetConnectionStringAsync("kafka", limit.Token))!;
        TickStoreFile = (await _app.GetConnectionStringAsync("tickstore", limit.Token))!.Replace("sqlite:", string.Empty, StringComparison.Ordinal);
        Ingest = Channel("ingest");
        Query = Channel("query");
    }

    /// <summary>A service that was killed is there again in seconds: gRPC's own backoff, up to two minutes, would look too seldom.</summary>
    private GrpcChannel Channel(string service) => GrpcChannel.ForAddress(Endpoint(service, "grpc"), new GrpcChannelOptions
    {
        MaxReceiveMessageSize = 4 << 20,
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromMilliseconds(500),
    });

    private int? FindProcess(string resource) => _app.ResourceNotifications.TryGetCurrentState(resource, out var now) ? ProcessOf(now) : null;

    private static int? ProcessOf(ResourceEvent resource) =>
        (int?)resource.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value;
}
