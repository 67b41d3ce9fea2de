using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Wire = Aspire.DashboardService.Proto.V1;

namespace StockAspire.LocalHosting;

/// <summary>
/// <c>aspire.v1.DashboardService</c>: the resources, their output and commands on them, for a dashboard. A watcher that
/// reads slowly holds one message here, and is then given the latest.
/// </summary>
internal sealed class ResourceService(RunningResources resources, ApplicationName application, IHostApplicationLifetime lifetime)
    : Wire.DashboardService.DashboardServiceBase
{
    public override Task<Wire.ApplicationInformationResponse> GetApplicationInformation(
        Wire.ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.ApplicationInformationResponse { ApplicationName = application.Value });

    public override async Task WatchResources(
        Wire.WatchResourcesRequest request, IServerStreamWriter<Wire.WatchResourcesUpdate> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var isFirst = true;
        try
        {
            await foreach (var news in resources.Board.WatchAsync(end.Token))
            {
                await responseStream.WriteAsync(isFirst ? First(news) : Changes(news), end.Token);
                isFirst = false;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher has left, or the application ends.
        }
    }

    public override async Task WatchResourceConsoleLogs(
        Wire.WatchResourceConsoleLogsRequest request,
        IServerStreamWriter<Wire.WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context)
    {
        var log = resources.LogOf(request.ResourceName)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no resource '{request.ResourceName}'."));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            // The watcher of a silent resource is to know that it is being served.
            await context.WriteResponseHeadersAsync([]);
            await foreach (var batch in log.ReadAsync(!request.SuppressFollow, end.Token))
                await responseStream.WriteAsync(Lines(batch), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher has left, or the application ends.
        }
    }

    public override async Task<Wire.ResourceCommandResponse> ExecuteResourceCommand(Wire.ResourceCommandRequest request, ServerCallContext context)
    {
        var refusal = await resources.ExecuteAsync(request.ResourceName, request.CommandName, context.CancellationToken);
        return refusal is null
            ? new Wire.ResourceCommandResponse { Kind = Wire.ResourceCommandResponseKind.Succeeded }
            : new Wire.ResourceCommandResponse { Kind = Wire.ResourceCommandResponseKind.Failed, ErrorMessage = refusal };
    }

    private static Wire.WatchResourcesUpdate First(IReadOnlyList<ResourceSnapshot> all)
    {
        var messages = all.Select(ResourceMessage.Create).ToList();
        return new Wire.WatchResourcesUpdate
        {
            InitialData = new Wire.InitialResourceData
            {
                Resources = { messages },
                ResourceTypes = { messages.Select(resource => resource.ResourceType).Distinct().Select(type => new Wire.ResourceType { UniqueName = type, DisplayName = type }) },
            },
        };
    }

    private static Wire.WatchResourcesUpdate Changes(IReadOnlyList<ResourceSnapshot> changed) => new()
    {
        Changes = new Wire.WatchResourcesChanges
        {
            Value = { changed.Select(resource => new Wire.WatchResourcesChange { Upsert = ResourceMessage.Create(resource) }) },
        },
    };

    /// <summary>As Aspire's dashboard wants them, each line begins with its time.</summary>
    private static Wire.WatchResourceConsoleLogsUpdate Lines(ConsoleLines batch)
    {
        var update = new Wire.WatchResourceConsoleLogsUpdate();
        if (batch.Missed > 0)
        {
            update.LogLines.Add(new Wire.ConsoleLogLine
            {
                Text = string.Create(CultureInfo.InvariantCulture, $"... {batch.Missed} lines came faster than they were read here; the log files have the newest of them ..."),
                LineNumber = NumberOf(batch.Lines[0].Number - 1),
            });
        }
        foreach (var line in batch.Lines)
        {
            update.LogLines.Add(new Wire.ConsoleLogLine
            {
                Text = string.Create(CultureInfo.InvariantCulture, $"{line.At:yyyy-MM-ddTHH:mm:ss.fffffff}Z {line.Text}"),
                IsStdErr = line.IsError,
                LineNumber = NumberOf(line.Number),
            });
        }
        return update;
    }

    /// <summary>The wire has 32 bits; whoever writes more lines sees the last number repeat.</summary>
    private static int NumberOf(long number) => (int)Math.Min(number, int.MaxValue);
}
