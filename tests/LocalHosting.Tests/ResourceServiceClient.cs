using System.Collections.Concurrent;
using Aspire.DashboardService.Proto.V1;
using Grpc.Core;
using Grpc.Net.Client;
using WireResource = Aspire.DashboardService.Proto.V1.Resource;

namespace StockAspire.LocalHosting.Tests;

/// <summary>What a dashboard sees of an application: as it is told, no more.</summary>
internal sealed class ResourceServiceClient : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Metadata _headers;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, WireResource> _resources = new();
    private readonly Task _watching;

    public ResourceServiceClient(RunningApplication app)
    {
        var service = app.Endpoints().GetProperty("resourceService");
        _channel = GrpcChannel.ForAddress(service.GetProperty("url").GetString()!);
        _headers = new Metadata { { ApiKeyInterceptor.Header, service.GetProperty("apiKey").GetString()! } };
        Client = new DashboardService.DashboardServiceClient(_channel);
        _watching = WatchAsync();
    }

    public DashboardService.DashboardServiceClient Client { get; }

    public CallOptions Call => new(_headers, cancellationToken: TestContext.Current.CancellationToken);

    public WireResource? this[string name] => _resources.GetValueOrDefault(name);

    /// <summary>Waits until the service says so of the resource; returns how it says it.</summary>
    public async Task<WireResource> SaysAsync(string name, Func<WireResource, bool> truth) =>
        (await Eventually.BecomesAsync($"what the service says of {name}", () => this[name], said => said is not null && truth(said)))!;

    public async Task<ResourceCommandResponse> ExecuteAsync(string name, string command) =>
        await Client.ExecuteResourceCommandAsync(new ResourceCommandRequest { ResourceName = name, CommandName = command }, Call);

    public async Task<List<ConsoleLogLine>> ConsoleAsync(string name)
    {
        using var call = Client.WatchResourceConsoleLogs(new WatchResourceConsoleLogsRequest { ResourceName = name, SuppressFollow = true }, Call);
        var lines = new List<ConsoleLogLine>();
        await foreach (var update in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
            lines.AddRange(update.LogLines);
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _channel.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            using var call = Client.WatchResources(new WatchResourcesRequest(), new CallOptions(_headers, cancellationToken: _end.Token));
            await foreach (var update in call.ResponseStream.ReadAllAsync(_end.Token))
            {
                foreach (var resource in update.InitialData?.Resources ?? [])
                    _resources[resource.Name] = resource;
                foreach (var change in update.Changes?.Value ?? [])
                    _resources[change.Upsert.Name] = change.Upsert;
            }
        }
        catch (Exception exception) when (_end.IsCancellationRequested && exception is RpcException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}

internal static class ResourceMessages
{
    public static string? Property(this WireResource resource, string name) =>
        resource.Properties.FirstOrDefault(property => property.Name == name)?.Value is not { } value ? null
        : value.HasStringValue ? value.StringValue
        : value.NumberValue.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string Reason(this WireResource resource) => resource.Property(ResourceProperties.Reason) ?? "";

    public static bool IsHealthy(this WireResource resource) =>
        resource.HealthReports.All(report => report.HasStatus && report.Status == HealthStatus.Healthy);
}
