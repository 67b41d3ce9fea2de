using Grpc.Core;
using Microsoft.Extensions.Options;
using StockAspire.Query.Errors;
using StockAspire.Query.Pipeline;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>Ticks as they are published: the life of each Subscribe call.</summary>
internal sealed class TickSubscriptions(
    SubscriptionHub hub,
    CatchUp catchUp,
    TopicOffsets offsets,
    IOptions<QueryOptions> options,
    QueryMetrics metrics,
    IHostApplicationLifetime lifetime)
{
    private readonly QueryOptions _options = options.Value;
    private int _open;

    public async Task RunAsync(Wire.SubscribeRequest request, IServerStreamWriter<Wire.SubscribeResponse> answers, ServerCallContext context)
    {
        Check(request);
        if (Interlocked.Increment(ref _open) > _options.MaxSubscriptions)
        {
            Interlocked.Decrement(ref _open);
            throw ApiError.ResourceExhausted(
                ApiError.TooManySubscriptionsReason, $"{_options.MaxSubscriptions} subscriptions are open (Query:MaxSubscriptions).");
        }

        metrics.SubscriptionOpened();
        try
        {
            await FeedAsync(request, answers, context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            metrics.SubscriptionClosed();
        }
    }

    private static void Check(Wire.SubscribeRequest request)
    {
        var heartbeat = TimeSpan.FromMilliseconds(request.HeartbeatMs);
        new RequestChecks()
            .Symbols(request.Symbols, mayBeEmpty: request.All)
            .Require(!request.All || request.Symbols.Count == 0, "all", "expected either symbols or all, got both")
            .Require(Enum.IsDefined(request.SlowReader), "slow_reader", RequestChecks.Text($"expected SLOW_READER_BLOCK, SLOW_READER_CONFLATE or SLOW_READER_SKIP, got {(int)request.SlowReader}"))
            .Require(
                request.HeartbeatMs == 0 || (heartbeat >= QueryOptionsValidator.HeartbeatMin && heartbeat <= QueryOptionsValidator.HeartbeatMax),
                "heartbeat_ms",
                RequestChecks.Text($"expected 0 (the server's) or 1000 to 60000, got {request.HeartbeatMs}"))
            .ThrowIfFailed();
        if (request.StartNs != 0 || request.ResumeToken.Length > 0)
        {
            throw ApiError.Unimplemented("Replay (start_ns, resume_token) is not part of this version: a subscription begins live. Query the range up to now instead.");
        }
    }

    private async Task FeedAsync(Wire.SubscribeRequest request, IServerStreamWriter<Wire.SubscribeResponse> answers, ServerCallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        using var feed = MakeFeed(request);
        var partitions = hub.PartitionCount();

        // Live begins at the topic's end, wherever the tail is; the headers tell the caller that it has begun.
        hub.Attach(feed, await offsets.EndAsync(Topics.Ticks, partitions, stop.Token));
        try
        {
            await context.WriteResponseHeadersAsync([]);
            await SendAsync(feed, answers, request.HeartbeatMs == 0 ? _options.Heartbeat : TimeSpan.FromMilliseconds(request.HeartbeatMs), stop.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw ApiError.Stopping();
        }
        finally
        {
            hub.Detach(feed);
        }
    }

    private SubscriberFeed MakeFeed(Wire.SubscribeRequest request)
    {
        var symbols = request.All ? null : request.Symbols.ToHashSet(StringComparer.Ordinal);
        return request.SlowReader switch
        {
            Wire.SlowReader.Conflate => new ConflateFeed(symbols),
            Wire.SlowReader.Skip => new SkipFeed(symbols, _options.SubscriberQueueBytes, metrics),
            _ => new BlockFeed(symbols, _options.SubscriberQueueBytes),
        };
    }

    private async Task SendAsync(
        SubscriberFeed feed, IServerStreamWriter<Wire.SubscribeResponse> answers, TimeSpan heartbeat, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked before the queue is drained: once behind, nothing is added to it, so that what is drained is all.
            var isBehind = feed.Behind is not null;
            while (feed.Take() is { } message)
            {
                await SendAsync(answers, message, cancellationToken);
            }

            if (isBehind && feed is BlockFeed behind)
            {
                foreach (var record in await catchUp.ReadAsync(behind, cancellationToken))
                {
                    if (record.ToMessage() is { } message)
                    {
                        await SendAsync(answers, message, cancellationToken);
                    }
                }
            }
            else if (!await feed.WaitAsync(heartbeat, cancellationToken))
            {
                var low = new Wire.Heartbeat { LowEventTimeNs = hub.LowEventTimeNs };
                await answers.WriteAsync(new Wire.SubscribeResponse { Heartbeat = low }, cancellationToken);
            }
        }
    }

    private async Task SendAsync(IServerStreamWriter<Wire.SubscribeResponse> answers, Wire.SubscribeResponse message, CancellationToken cancellationToken)
    {
        await answers.WriteAsync(message, cancellationToken);
        metrics.RowsOut(message.Block?.SequenceDelta.Count ?? 0, "Subscribe");
    }
}
