using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>Runs all resources of the application: starts them in order of health, stops them in the reverse one.</summary>
internal sealed partial class Orchestrator(
    IReadOnlyList<IResource> resources,
    AppHostSettings settings,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    IEnumerable<IRunStatus> statuses,
    RunConsole console,
    TimeProvider time,
    ILogger<Orchestrator> logger) : IHostedService, IAsyncDisposable
{
    /// <summary>Some senders signal both the process and its group: two at once are one.</summary>
    private static readonly TimeSpan SecondInterrupt = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly List<Task> _background = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), UseProxy = false });
    private readonly Lock _writing = new();
    private IReadOnlyList<ResourceSupervisor> _supervisors = [];
    private DataDirectory? _data;
    private EndpointsFile? _file;
    private long _interrupted;

    /// <exception cref="DistributedApplicationException">A port or the data directory is taken, or something is not built.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _data = DataDirectory.Open(settings.DataDirectory);
        console.OwnLog = new RotatingLog(_data.Logs, RunConsoleLoggerProvider.Source);
        _file = new EndpointsFile(_data.Path);
        var instances = ResourceInstance.Of(resources);
        console.SetSources([RunConsoleLoggerProvider.Source, .. instances.Select(instance => instance.Name)]);
        LogStarting(logger, Environment.ProcessId, _data.Path, _data.Logs);
        await PreviousRun.WaitForEndAsync(_file, time, logger, cancellationToken);

        PortAllocator.Allocate(instances, settings);

        // A connection string that is missing is told now, not by each start of whoever needs it.
        foreach (var instance in instances)
            EnvironmentPlan.Create(instance, configuration);
        _supervisors = [.. instances.Select(Supervise)];

        WatchSignals();
        WriteEndpoints();
        foreach (var supervisor in _supervisors)
            supervisor.Start(DependenciesOf(supervisor).Select(dependency => dependency.Healthy), WriteEndpoints, Fail);
        _background.Add(TellAsync(_stop.Token));
        _background.Add(LauncherWatch.RunAsync(lifetime, time, logger, _stop.Token));
    }

    /// <summary>Everything has ended on return, at the latest by SIGKILL.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopping(logger);
        await _stop.CancelAsync();
        foreach (var supervisor in _supervisors)
            supervisor.RestartsOff = true;
        try
        {
            await Task.WhenAll(_background);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The background tasks have no other end.
        }
        console.SetStatus("");
        await StopInOrderAsync();
        _file?.Delete();
        LogStopped(logger);
    }

    internal Task WaitForHealthyAsync(string resourceName, CancellationToken cancellationToken) =>
        Task.WhenAll(_supervisors.Where(supervisor => supervisor.Instance.Resource.Name == resourceName).Select(supervisor => supervisor.Healthy))
            .WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        foreach (var supervisor in _supervisors)
            supervisor.Dispose();
        await console.DisposeAsync();
        console.OwnLog?.Dispose();
        _http.Dispose();
        _stop.Dispose();
        _data?.Dispose();
    }

    private ResourceSupervisor Supervise(ResourceInstance instance) => new(
        instance,
        instance.Resource.CreateCommand(),
        configuration,
        new HealthProbe(instance, _http),
        new RotatingLog(_data!.Logs, instance.Name),
        console,
        time,
        logger);

    private IEnumerable<ResourceSupervisor> DependenciesOf(ResourceSupervisor supervisor)
    {
        var wanted = DependencyOrder.DependenciesOf(supervisor.Instance.Resource).ToHashSet();
        return _supervisors.Where(other => wanted.Contains(other.Instance.Resource));
    }

    /// <summary>Each stops when all that wait for it have stopped; those that do not know each other stop together.</summary>
    private Task StopInOrderAsync()
    {
        var stops = new Dictionary<ResourceSupervisor, Task>();
        return Task.WhenAll(_supervisors.Select(Stop));

        Task Stop(ResourceSupervisor supervisor)
        {
            if (!stops.TryGetValue(supervisor, out var stop))
            {
                var dependents = _supervisors.Where(other => DependenciesOf(other).Contains(supervisor)).Select(Stop).ToList();
                stops[supervisor] = stop = StopAfterAsync(Task.WhenAll(dependents), supervisor);
            }
            return stop;
        }

        static async Task StopAfterAsync(Task dependents, ResourceSupervisor supervisor)
        {
            await dependents;
            await supervisor.StopAsync();
        }
    }

    private void WriteEndpoints()
    {
        // Under the lock from reading to writing, so that no older state replaces a newer one.
        lock (_writing)
        {
            var pids = new Dictionary<string, int>();
            foreach (var supervisor in _supervisors)
            {
                if (supervisor.Pid is { } pid)
                    pids[supervisor.Instance.Name] = pid;
            }
            try
            {
                _file!.Write(resources, pids, ready: _supervisors.All(supervisor => supervisor.Healthy.IsCompleted));
            }
            catch (IOException exception)
            {
                // A full disk must not end what still runs.
                LogEndpointsNotWritten(logger, _file!.Path, exception.Message);
            }
        }
    }

    private void Fail()
    {
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    /// <summary>The host stops at the first SIGINT or SIGTERM; whoever presses Ctrl+C again wants no drain.</summary>
    private void WatchSignals()
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            var first = Interlocked.CompareExchange(ref _interrupted, time.GetTimestamp(), 0);
            if (first == 0 || time.GetElapsedTime(first) < SecondInterrupt)
                return;
            LogKilling(logger);
            foreach (var supervisor in _supervisors)
                supervisor.Kill();
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            lifetime.StopApplication();
        }));
    }
}
