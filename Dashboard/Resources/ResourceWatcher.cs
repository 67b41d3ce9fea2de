using Grpc.Core;
using StockAspire.Dashboard.Live;

namespace StockAspire.Dashboard.Resources;

/// <summary>Keeps <see cref="ResourceFeed"/> as the AppHost tells it, and comes back to the AppHost for as long as it takes.</summary>
internal sealed class ResourceWatcher(ResourceClient client, ResourceFeed feed, TimeProvider time, ILogger<ResourceWatcher> logger) : BackgroundService
{
    /// <summary>What was last said of the connection: null where it stands, empty where nothing was said yet.</summary>
    private string? _problem = string.Empty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (client.Url is null)
            return;
        feed.Connecting();
        var backoff = new Backoff(time);
        for (var isReconnect = false; !stoppingToken.IsCancellationRequested; isReconnect = true)
        {
            try
            {
                feed.Named(await client.GetApplicationNameAsync(stoppingToken));
                await foreach (var update in client.WatchAsync(isReconnect, stoppingToken))
                {
                    feed.Apply(update);
                    backoff.Reset();
                    Report(null);
                }
                Report("it ended the call");
            }
            catch (RpcException exception) when (!stoppingToken.IsCancellationRequested)
            {
                Report(ResourceClient.Explain(exception));
            }
            catch (Exception exception) when (stoppingToken.IsCancellationRequested && exception is (OperationCanceledException or RpcException))
            {
                return;
            }
            await backoff.WaitAsync(stoppingToken);
        }
    }

    /// <summary>Says each news once.</summary>
    private void Report(string? problem)
    {
        if (problem is not null)
            feed.Lost(problem);
        if (problem == _problem)
            return;
        _problem = problem;
        if (problem is null)
            DashboardLog.ResourceServiceConnected(logger, client.Url!);
        else
            DashboardLog.ResourceServiceLost(logger, client.Url!, problem);
    }
}
