using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>
/// Keeps one instance running from when its dependencies are healthy until it is told to stop: starts it, says when it
/// is healthy, and starts it again when it ends.
/// </summary>
internal sealed partial class ResourceSupervisor(
    ResourceInstance instance,
    ProcessCommand command,
    IConfiguration configuration,
    HealthProbe probe,
    RotatingLog log,
    RunConsole console,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>From being asked to stop to being killed.</summary>
    internal static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AskUntilHealthy = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskAfterwards = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Remind = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RestartBackoff _backoff = new();
    private volatile ResourceProcess? _process;
    private Task _running = Task.CompletedTask;

    internal ResourceInstance Instance { get; } = instance;

    /// <summary>Completes when the instance is healthy for the first time.</summary>
    internal Task Healthy => _healthy.Task;

    /// <summary>Null between two runs.</summary>
    internal int? Pid => _process?.Pid;

    /// <param name="dependencies">Completed tasks of others; the first start waits for all of them.</param>
    /// <param name="changed">Called whenever <see cref="Pid"/> has changed.</param>
    /// <param name="failed">Called when the supervision itself has failed, after it is logged: nobody restarts the resource any more.</param>
    internal void Start(IEnumerable<Task> dependencies, Action changed, Action failed) =>
        _running = RunAsync(Task.WhenAll(dependencies), changed, failed);

    /// <summary>No further start; the process that runs goes on until <see cref="StopAsync"/>.</summary>
    internal bool RestartsOff { get; set; }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    internal void Kill() => _process?.Kill();

    public void Dispose()
    {
        _stop.Dispose();
        log.Dispose();
    }

    private async Task RunAsync(Task dependencies, Action changed, Action failed)
    {
        try
        {
            await dependencies.WaitAsync(_stop.Token);
            while (!_stop.IsCancellationRequested)
            {
                var started = time.GetTimestamp();
                var outcome = await RunOnceAsync(changed);
                if (_stop.IsCancellationRequested || RestartsOff)
                    break;
                var delay = _backoff.Next(time.GetElapsedTime(started));
                LogRestart(logger, Instance.Name, outcome, delay.TotalMilliseconds, _backoff.Attempt, log.Path);
                await Task.Delay(delay, time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop while it waited for a dependency or for the next start.
        }
#pragma warning disable CA1031 // Whatever it is, the whole application must see it rather than go on without this resource.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(logger, Instance.Name, exception);
            failed();
        }
    }

    /// <summary>One process from start to end; returns how it ended, in words.</summary>
    private async Task<string> RunOnceAsync(Action changed)
    {
        ResourceProcess process;
        try
        {
            var arguments = Instance.Resource.Annotations.OfType<CommandLineArgsAnnotation>().SelectMany(annotation => annotation.Arguments);
            process = ResourceProcess.Start(command, arguments, EnvironmentPlan.Create(Instance, configuration), Emit);
        }
        catch (Win32Exception exception)
        {
            return $"could not be started ({exception.Message})";
        }

        using (process)
        {
            _process = process;
            LogStarted(logger, Instance.Name, process.Pid);
            changed();
            using var watch = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var watching = WatchHealthAsync(watch.Token);
            try
            {
                var exitCode = await process.WaitForExitAsync(_stop.Token);
                return Describe(exitCode, process.LastError);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                var drained = await process.StopAsync(StopGrace);
                if (drained)
                    LogStopped(logger, Instance.Name);
                else
                    LogKilled(logger, Instance.Name, StopGrace.TotalSeconds);
                return "was stopped";
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

    private void Emit(string line)
    {
        if (log.Append(line) is { } reason)
            LogNotKept(logger, log.Path, reason);
        console.WriteLine(Instance.Name, line);
    }

    private async Task WatchHealthAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reminded = started;
        bool? wasHealthy = null;
        try
        {
            while (true)
            {
                var reason = await probe.AskAsync(cancellationToken);
                if (reason is null && wasHealthy is not true)
                {
                    LogHealthy(logger, Instance.Name, time.GetElapsedTime(started).TotalMilliseconds);
                    wasHealthy = true;
                    _healthy.TrySetResult();
                }
                else if (reason is not null && (wasHealthy is true || time.GetElapsedTime(reminded) >= Remind))
                {
                    LogUnhealthy(logger, Instance.Name, reason);
                    wasHealthy = false;
                    reminded = time.GetTimestamp();
                }
                await Task.Delay(wasHealthy is true ? AskAfterwards : AskUntilHealthy, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process has ended, or is about to be stopped.
        }
    }

    private static string Describe(int exitCode, string? lastError)
    {
        var how = exitCode switch
        {
            > 128 and < 160 => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {exitCode - 128}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}"),
        };
        return lastError is null ? how : $"{how}; its last error: {lastError}";
    }
}
