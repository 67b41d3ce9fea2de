using Aspire.DashboardService.Proto.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using StockAspire.Dashboard.Live;

namespace StockAspire.Dashboard.Resources;

/// <summary>The AppHost's resource service. Thread-safe.</summary>
internal sealed class ResourceClient : IDisposable
{
    private const string ApiKeyHeader = "x-resource-service-api-key";
    private const int MessageBytesMax = 16 << 20;

    /// <summary>A restart waits for the process to end, which may take the AppHost's 10 s and more.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly GrpcChannel? _channel;
    private readonly DashboardService.DashboardServiceClient? _client;
    private readonly Metadata _headers = [];

    public ResourceClient(IOptions<DashboardOptions> options)
    {
        var target = options.Value.ResourceServiceClient;
        if (target.Url is null)
            return;
        Url = target.Url;
        if (target.ApiKey is not null && target.AuthMode.Equals(ResourceServiceClientOptions.ApiKeyMode, StringComparison.OrdinalIgnoreCase))
            _headers.Add(ApiKeyHeader, target.ApiKey);
        _channel = GrpcChannel.ForAddress(target.Url, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = MessageBytesMax,
            // The watcher waits by itself; the channel's own back-off on top of it would grow to two minutes.
            MaxReconnectBackoff = Backoff.Longest,
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = CallTimeout,
                KeepAlivePingDelay = TimeSpan.FromSeconds(10),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
        });
        _client = new DashboardService.DashboardServiceClient(_channel);
    }

    /// <summary>Null where no service is configured; then no other member may be called.</summary>
    public string? Url { get; }

    private DashboardService.DashboardServiceClient Client =>
        _client ?? throw new InvalidOperationException($"{DashboardOptions.ResourceServiceUrlKey} is not set: there is no resource service.");

    public async Task<string> GetApplicationNameAsync(CancellationToken cancellationToken)
    {
        var answer = await Client.GetApplicationInformationAsync(new ApplicationInformationRequest(), _headers, cancellationToken: cancellationToken);
        return answer.ApplicationName;
    }

    /// <summary>Until it is cancelled or broken: it ends only when the service does.</summary>
    public async IAsyncEnumerable<WatchResourcesUpdate> WatchAsync(
        bool isReconnect, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = Client.WatchResources(new WatchResourcesRequest { IsReconnect = isReconnect }, _headers, cancellationToken: cancellationToken);
        await foreach (var update in call.ResponseStream.ReadAllAsync(cancellationToken))
            yield return update;
    }

    /// <summary>Begins with no lines as soon as the AppHost serves them: a silent resource is not an AppHost that does not answer.</summary>
    /// <param name="resource">A resource's name, not its display name.</param>
    /// <param name="follows">Goes on with each line that comes; otherwise ends after those that are kept.</param>
    public async IAsyncEnumerable<IReadOnlyList<ConsoleLogLine>> WatchConsoleAsync(
        string resource, bool follows, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new WatchResourceConsoleLogsRequest { ResourceName = resource, SuppressFollow = !follows };
        using var call = Client.WatchResourceConsoleLogs(request, _headers, cancellationToken: cancellationToken);
        await call.ResponseHeadersAsync;
        yield return [];
        await foreach (var update in call.ResponseStream.ReadAllAsync(cancellationToken))
            yield return update.LogLines;
    }

    public async Task<ResourceCommandResponse> ExecuteAsync(Resource resource, ResourceCommand command, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = new ResourceCommandRequest { CommandName = command.Name, ResourceName = resource.Name, ResourceType = resource.ResourceType, Parameter = command.Parameter };
        return await Client.ExecuteResourceCommandAsync(request, _headers, time.GetUtcNow().Add(CommandTimeout).UtcDateTime, cancellationToken);
    }

    /// <summary>What went wrong, for people.</summary>
    public static string Explain(RpcException exception) => exception.StatusCode switch
    {
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => "it refuses the API key (Dashboard:ResourceServiceClient:ApiKey)",
        StatusCode.Unavailable => "nothing answers there",
        StatusCode.DeadlineExceeded => "it takes too long to answer",
        StatusCode.Cancelled => "it ended the call",
        _ => exception.Status.Detail.Length > 0 ? exception.Status.Detail : exception.StatusCode.ToString(),
    };

    public void Dispose() => _channel?.Dispose();
}
