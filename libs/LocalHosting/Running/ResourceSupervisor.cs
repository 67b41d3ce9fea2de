using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>
/// Keeps one instance running from when it may start until it is told to stop: starts it, says how it is, starts it
/// again when it ends, and carries out commands. All of that is one sequence; others only hand in commands and read
/// the board.
/// </summary>
internal sealed partial class ResourceSupervisor(
    ResourceInstance instance,
    ProcessCommand command,
    Func<CancellationToken, Task<LaunchPlan>> plan,
    bool isTask,
    HealthProbe probe,
    ResourceOutput output,
    ResourceBoard board,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>From being asked to stop to being killed.</summary>
    internal static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>Of commands that wait for the one before them; more are refused.</summary>
    private const int CommandsMax = 8;

    private const string StoppedByCommand = "stopped by command";
    private const string Leaving = "the application is stopping";

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ResourceCommand> _commands = Channel.CreateBounded<ResourceCommand>(CommandsMax);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ResourceEnd> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RestartBackoff _backoff = new();
    private readonly Task _never = new TaskCompletionSource().Task;
    private volatile ResourceProcess? _process;
    private bool _cameUp;
    private Task _running = Task.CompletedTask;

    internal ResourceInstance Instance { get; } = instance;

    internal ConsoleLog Recent => output.Recent;

    internal bool StartsByHand { get; } = instance.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any();

    /// <summary>Completes with the first process.</summary>
    internal Task Started => _started.Task;

    /// <summary>Completes when the instance is healthy for the first time.</summary>
    internal Task Healthy => _healthy.Task;

    /// <summary>The end of the first process of a task: of something that others wait for the end of.</summary>
    internal Task<ResourceEnd> Completed => _completed.Task;

    /// <summary>Completes when the instance does what the application wants of it: it has been healthy, or is done.</summary>
    internal Task Up => StartsByHand ? Task.CompletedTask : isTask ? Completed : Healthy;

    /// <summary>Null between two runs.</summary>
    internal int? Pid => _process?.Pid;

    /// <param name="conditions">What the first start waits for.</param>
    /// <param name="changed">Called whenever <see cref="Pid"/> has changed.</param>
    /// <param name="failed">Called when the supervision itself has failed, after it is logged: nobody restarts the resource any more.</param>
    internal void Start(IReadOnlyList<StartCondition> conditions, Action changed, Action failed) =>
        _running = RunAsync(conditions, changed, failed);

    /// <summary>No further start; the process that runs goes on until <see cref="StopAsync"/>.</summary>
    internal bool RestartsOff { get; set; }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Null once the command is carried out: the process has started, or has ended; else why it is not.</summary>
    internal async Task<string?> ExecuteAsync(ResourceCommandKind kind, CancellationToken cancellationToken)
    {
        var given = new ResourceCommand(kind);
        if (!_commands.Writer.TryWrite(given))
            return _running.IsCompleted ? Leaving : $"{Instance.Name} has {CommandsMax} commands to carry out already";
        return await given.Answer.WaitAsync(cancellationToken);
    }

    internal void Kill() => _process?.Kill();

    public void Dispose()
    {
        _stop.Dispose();
        output.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<StartCondition> conditions, Action changed, Action failed)
    {
        ResourceCommand? asked = null;
        try
        {
            asked = await BeforeFirstStartAsync(conditions);
            while (!_stop.IsCancellationRequested && !RestartsOff)
            {
                var started = time.GetTimestamp();
                var end = await RunOnceAsync(asked, changed);
                _completed.TrySetResult(end);
                asked = end.Next ?? await RestAsync(NextStart(end, time.GetElapsedTime(started)));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop while it waited for a dependency, a command or the next start.
        }
#pragma warning disable CA1031 // Whatever it is, the whole application must see it rather than go on without this resource.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(logger, Instance.Name, exception);
            failed();
        }
        finally
        {
            asked?.Refuse(Leaving);
            _commands.Writer.TryComplete();
            while (_commands.Reader.TryRead(out var left))
                left.Refuse(Leaving);
        }
    }

    private async Task<ResourceCommand?> BeforeFirstStartAsync(IReadOnlyList<StartCondition> conditions)
    {
        if (StartsByHand)
            return await RestAsync(_never);

        Set(state => state with { State = ResourceState.Waiting });
        var gate = StartGate.WaitAsync(
            conditions,
            reason => Set(state => state.State == ResourceState.Waiting ? state with { Reason = reason } : state),
            _stop.Token);
        var asked = await RestAsync(gate);
        if (asked is not null || await gate is not { } never)
            return asked;

        LogNeverStarted(logger, Instance.Name, never);
        Set(state => state with { State = ResourceState.FailedToStart, Reason = never });
        return await RestAsync(_never);
    }

    /// <summary>Waits, with no process, for what starts one: a command, which is returned, or the end of <paramref name="until"/>.</summary>
    private async Task<ResourceCommand?> RestAsync(Task until)
    {
        while (true)
        {
            if (await CommandOrAsync(until) is not { } given)
                return null;
            if (given.Kind != ResourceCommandKind.Stop)
            {
                _backoff.Reset();
                return given;
            }

            if (until == _never)
            {
                given.Refuse($"{Instance.Name} does not run");
                continue;
            }

            // Whatever it waited for, it now waits for a command.
            until = _never;
            Set(state => state.StartedAt is null && state.State != ResourceState.FailedToStart
                ? state with { State = ResourceState.NotStarted, Reason = StoppedByCommand }
                : state with { State = ResourceState.Finished, Reason = StoppedByCommand, RestartsAt = null });
            given.Done();
        }
    }

    /// <summary>Null when <paramref name="until"/> came first. What fails in it is thrown.</summary>
    private async Task<ResourceCommand?> CommandOrAsync(Task until)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var given = _commands.Reader.WaitToReadAsync(look.Token).AsTask();
        var first = await Task.WhenAny(until, given);
        await look.CancelAsync();
        if (first == until)
        {
            await until;
            return null;
        }
        await given;
        return _commands.Reader.TryRead(out var command) ? command : null;
    }

    /// <summary>
    /// Says how it ended and what follows from that, both at once; completes when it is to start again by itself.
    /// </summary>
    private Task NextStart(ResourceEnd end, TimeSpan ran)
    {
        if (end.WasAsked)
            return _never;
        if (RestartsOff)
        {
            Set(state => After(state, end, end.Reason));
            return _never;
        }
        if (isTask)
        {
            LogTaskEnded(logger, Instance.Name, end.Reason);
            Set(state => After(state, end, end.Reason) with { State = end.ExitCode == 0 ? ResourceState.Finished : end.State });
            return _never;
        }
        if (_backoff.Next(ran, _cameUp) is not { } delay)
        {
            var given = $"{end.Reason}; given up after {RestartBackoff.RestartsMax} restarts in a row";
            LogGivenUp(logger, Instance.Name, end.Reason, RestartBackoff.RestartsMax, output.FilePath);
            output.Remark(given);
            Set(state => After(state, end, given));
            return _never;
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"{end.Reason}; restart {_backoff.Attempt} in {delay.TotalMilliseconds:0} ms");
        LogRestart(logger, Instance.Name, end.Reason, delay.TotalMilliseconds, _backoff.Attempt, output.FilePath);
        output.Remark(reason);
        Set(state => After(state, end, reason) with { RestartsAt = time.GetUtcNow() + delay });
        return Task.Delay(delay, time, _stop.Token);
    }

    private void Set(Func<ResourceSnapshot, ResourceSnapshot> change) => board.Update(Instance.Name, change);
}
