using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Aspire.DashboardService.Proto.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>
/// Serves <c>aspire.v1.DashboardService</c> over real gRPC, as an AppHost does, with resources that a test sets. It can
/// go away and come back on the same port, with what it had.
/// </summary>
internal sealed class FakeAppHost : DashboardService.DashboardServiceBase, IAsyncDisposable
{
    public const string ApiKey = "the-key-of-the-resource-service";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Resource> _resources = [];
    private readonly Dictionary<string, List<ConsoleLogLine>> _lines = [];
    private readonly List<Channel<WatchResourcesUpdate>> _watchers = [];
    private readonly List<(string Resource, Channel<ConsoleLogLine> Lines)> _readers = [];
    private WebApplication? _server;
    private int _port;

    public string Url => $"http://127.0.0.1:{_port}";

    public ConcurrentQueue<ResourceCommandRequest> Commands { get; } = new();

    public ConcurrentQueue<bool> Reconnects { get; } = new();

    /// <summary>Console lines are served once it is done.</summary>
    public Task ConsolesOpen { get; set; } = Task.CompletedTask;

    public ResourceCommandResponse NextAnswer { get; set; } = new() { Kind = ResourceCommandResponseKind.Succeeded };

    public static async Task<FakeAppHost> StartAsync(params Resource[] resources)
    {
        var host = new FakeAppHost();
        foreach (var resource in resources)
            host.Set(resource);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.MapGrpcService<FakeAppHost>();
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    /// <summary>As kill -9 does: the streams break.</summary>
    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _server!.StopAsync(now.Token);
        await _server.DisposeAsync();
        _server = null;
    }

    public void Set(Resource resource)
    {
        lock (_lock)
        {
            _resources[resource.Name] = resource;
            Tell(new WatchResourcesChange { Upsert = resource });
        }
    }

    public void Change(string name, Action<Resource> change)
    {
        Resource copy;
        lock (_lock)
            copy = _resources[name].Clone();
        change(copy);
        Set(copy);
    }

    public void Remove(string name)
    {
        lock (_lock)
        {
            _resources.Remove(name);
            Tell(new WatchResourcesChange { Delete = new ResourceDeletion { ResourceName = name } });
        }
    }

    public void Write(string resource, string text, bool isError = false)
    {
        lock (_lock)
        {
            var lines = _lines.TryGetValue(resource, out var known) ? known : _lines[resource] = [];
            var line = new ConsoleLogLine { Text = text, IsStdErr = isError, LineNumber = lines.Count + 1 };
            lines.Add(line);
            foreach (var reader in _readers.Where(reader => reader.Resource == resource))
                reader.Lines.Writer.TryWrite(line);
        }
    }

    public override Task<ApplicationInformationResponse> GetApplicationInformation(ApplicationInformationRequest request, ServerCallContext context)
    {
        CheckKey(context);
        return Task.FromResult(new ApplicationInformationResponse { ApplicationName = "Test application" });
    }

    public override async Task WatchResources(WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context)
    {
        CheckKey(context);
        Reconnects.Enqueue(request.IsReconnect);
        var updates = Channel.CreateUnbounded<WatchResourcesUpdate>();
        lock (_lock)
        {
            updates.Writer.TryWrite(new WatchResourcesUpdate { InitialData = new InitialResourceData { Resources = { _resources.Values } } });
            _watchers.Add(updates);
        }
        await foreach (var update in updates.Reader.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(update, context.CancellationToken);
    }

    public override async Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream, ServerCallContext context)
    {
        CheckKey(context);
        await ConsolesOpen.WaitAsync(context.CancellationToken);
        await context.WriteResponseHeadersAsync([]);
        var lines = Channel.CreateUnbounded<ConsoleLogLine>();
        WatchResourceConsoleLogsUpdate kept;
        lock (_lock)
        {
            kept = new WatchResourceConsoleLogsUpdate { LogLines = { _lines.GetValueOrDefault(request.ResourceName, []) } };
            _readers.Add((request.ResourceName, lines));
        }
        if (kept.LogLines.Count > 0)
            await responseStream.WriteAsync(kept, context.CancellationToken);
        if (request.SuppressFollow)
            return;
        await foreach (var line in lines.Reader.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new WatchResourceConsoleLogsUpdate { LogLines = { line } }, context.CancellationToken);
    }

    public override Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        CheckKey(context);
        Commands.Enqueue(request);
        return Task.FromResult(NextAnswer);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
    }

    private static void CheckKey(ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("x-resource-service-api-key") != ApiKey)
            throw new RpcException(new Status(StatusCode.Unauthenticated, "wrong key"));
    }

    private void Tell(WatchResourcesChange change)
    {
        foreach (var watcher in _watchers)
            watcher.Writer.TryWrite(new WatchResourcesUpdate { Changes = new WatchResourcesChanges { Value = { change } } });
    }
}
