using System.ComponentModel;

namespace StockAspire.LocalHosting;

/// <summary>One process from start to end, and its health in between.</summary>
internal sealed partial class ResourceSupervisor
{
    private static readonly TimeSpan AskUntilHealthy = TimeSpan.FromMilliseconds(100);

    /// <summary>With <see cref="HealthProbe.Timeout"/>, what froze is known to within 5 s.</summary>
    private static readonly TimeSpan AskAfterwards = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Remind = TimeSpan.FromSeconds(10);

    /// <param name="asked">The command that is carried out with the start; null for a start without one.</param>
    /// <param name="changed">Called when the pid has changed.</param>
    private async Task<ResourceEnd> RunOnceAsync(ResourceCommand? asked, Action changed)
    {
        _cameUp = false;
        var launch = await plan(_stop.Token);
        Set(state => state with
        {
            State = ResourceState.Starting,
            Reason = null,
            ExitCode = null,
            StoppedAt = null,
            Restarts = state.RestartsAt is null ? state.Restarts : state.Restarts + 1,
            RestartsAt = null,
            Plan = launch,
        });
        ResourceProcess process;
        try
        {
            process = ResourceProcess.Start(command, launch, output.Write);
        }
        catch (Win32Exception exception)
        {
            var reason = $"could not be started ({exception.Message})";
            asked?.Refuse($"{Instance.Name} {reason}");
            return new ResourceEnd(ResourceState.FailedToStart, reason, ExitCode: null);
        }

        using (process)
        {
            _process = process;
            LogStarted(logger, Instance.Name, process.Pid);
            output.Remark($"started, pid {process.Pid}");
            Set(state => state with
            {
                State = ResourceState.Running,
                Pid = process.Pid,
                StartedAt = time.GetUtcNow(),
                Health = probe.Check is { } check ? new ResourceHealth(check, IsHealthy: null, Reason: null, ChangedAt: null) : null,
            });
            _started.TrySetResult();
            asked?.Done();
            changed();
            using var watch = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var watching = WatchHealthAsync(watch.Token);
            try
            {
                return await UntilEndAsync(process, watch);
            }
            finally
            {
                await watch.CancelAsync();
                await watching;
                _process = null;
                changed();
            }
        }
    }

    private async Task<ResourceEnd> UntilEndAsync(ResourceProcess process, CancellationTokenSource watch)
    {
        var exit = process.WaitForExitAsync(CancellationToken.None);
        ResourceCommand? given = null;
        try
        {
            while ((given = await CommandOrAsync(exit)) is { Kind: ResourceCommandKind.Start })
                given.Refuse($"{Instance.Name} runs already, pid {process.Pid}");
            if (given is null)
                return ResourceEnd.Of(await exit, process.LastError);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The application stops.
        }

        await watch.CancelAsync();
        Set(state => state with { State = ResourceState.Stopping, Reason = given is null ? Leaving : $"{given.Kind} by command", Health = null });
        var drained = await process.StopAsync(StopGrace);
        if (drained)
            LogStopped(logger, Instance.Name);
        else
            LogKilled(logger, Instance.Name, StopGrace.TotalSeconds);
        var reason = drained ? "was stopped" : $"did not stop within {StopGrace.TotalSeconds:0} s and was killed";
        var end = new ResourceEnd(drained ? ResourceState.Finished : ResourceState.Exited, reason, await exit)
        {
            WasAsked = true,
            Next = given is { Kind: ResourceCommandKind.Restart } ? given : null,
        };
        output.Remark(reason);
        Set(state => After(state, end, reason));
        if (end.Next is null)
            given?.Done();
        return end;
    }

    private ResourceSnapshot After(ResourceSnapshot state, ResourceEnd end, string reason) => state with
    {
        State = end.State,
        Reason = reason,
        ExitCode = end.ExitCode,
        Pid = null,
        StoppedAt = time.GetUtcNow(),
        Health = null,
    };

    private async Task WatchHealthAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reminded = started;
        var hasBeenHealthy = false;
        bool? wasHealthy = null;
        try
        {
            while (true)
            {
                var reason = await probe.AskAsync(hasBeenHealthy ? HealthProbe.Timeout : HealthProbe.FirstTimeout, cancellationToken);
                Set(state => state.Health is { } health && (health.IsHealthy != (reason is null) || health.Reason != reason)
                    ? state with { Health = health with { IsHealthy = reason is null, Reason = reason, ChangedAt = time.GetUtcNow() } }
                    : state);
                if (reason is null && wasHealthy is not true)
                {
                    LogHealthy(logger, Instance.Name, time.GetElapsedTime(started).TotalMilliseconds);
                    wasHealthy = hasBeenHealthy = true;
                    _cameUp = probe.Check is not null;
                    _healthy.TrySetResult();
                }
                else if (reason is not null && (wasHealthy is true || time.GetElapsedTime(reminded) >= Remind))
                {
                    LogUnhealthy(logger, Instance.Name, reason);
                    wasHealthy = false;
                    reminded = time.GetTimestamp();
                }
                await Task.Delay(hasBeenHealthy ? AskAfterwards : AskUntilHealthy, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process has ended, or is about to be stopped.
        }
    }
}
