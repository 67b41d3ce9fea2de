using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Pipeline;

/// <summary>Asks Query once a second: <c>GET /v1/pipeline:status</c>, OpsService.GetPipelineStatus in JSON.</summary>
internal sealed class PipelineWatcher(PipelineFeed feed, IOptions<DashboardOptions> options, TimeProvider time, ILogger<PipelineWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The picture is of now; an answer that takes longer is not.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>A thousand partitions are some 200 bytes each.</summary>
    private const int AnswerBytesMax = 1 << 20;

    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>What was last said: null where Query answers, empty where nothing was said yet.</summary>
    private string? _problem = string.Empty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Pipeline.Url is not { } url)
            return;
        feed.Connecting();
        var address = new Uri(url.TrimEnd('/') + "/v1/pipeline:status");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout, MaxResponseContentBufferSize = AnswerBytesMax };
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await AskAsync(http, address, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task AskAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            feed.Answered(Json.Parse<GetPipelineStatusResponse>(await http.GetStringAsync(address, cancellationToken)));
            Report(null);
        }
        catch (Exception exception) when (Explain(exception, cancellationToken) is { } reason)
        {
            feed.Lost(reason);
            Report(reason);
        }
    }

    private static string? Explain(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        HttpRequestException { InnerException: SocketException } => "nothing answers there",
        HttpRequestException { StatusCode: { } status } => $"it answers {(int)status}",
        HttpRequestException => "the connection broke",
        InvalidProtocolBufferException or InvalidJsonException => "its answer is no pipeline status",
        OperationCanceledException when !cancellationToken.IsCancellationRequested => "it takes too long to answer",
        _ => null,
    };

    /// <summary>Says each news once.</summary>
    private void Report(string? problem)
    {
        if (problem == _problem)
            return;
        _problem = problem;
        if (problem is null)
            DashboardLog.PipelineReached(logger);
        else
            DashboardLog.PipelineLost(logger, problem);
    }
}
