using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>Runs all resources of the application: starts them in order of health, stops them in the reverse one.</summary>
internal sealed partial class Orchestrator(
    IReadOnlyList<IResource> resources,
    AppHostSettings settings,
    IConfiguration configuration,
    IHostEnvironment host,
    EnvironmentPlan plan,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    HealthCheckService healthChecks,
    IHostApplicationLifetime lifetime,
    IEnumerable<IRunStatus> statuses,
    ILoggerProvider logs,
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
    private readonly RunKeys _keys = RunKeys.Create();
    private IReadOnlyList<ResourceSupervisor> _supervisors = [];
    private DashboardResource? _dashboard;
    private RunningResources? _running;
    private ResourceServiceHost? _service;
    private DataDirectory? _data;
    private EndpointsFile? _file;
    private long _interrupted;

    /// <exception cref="InvalidOperationException">The application has not started.</exception>
    internal RunningResources Running => _running ?? throw new InvalidOperationException("The application has not started.");

    /// <exception cref="DistributedApplicationException">A port or the data directory is taken, or something is not built.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _data = DataDirectory.Open(settings.DataDirectory);
        console.OwnLog = new RotatingLog(_data.Logs, RunConsoleLoggerProvider.Source);
        _file = new EndpointsFile(_data.Path);
        _dashboard = DashboardResource.Create(settings, configuration, _keys);
        var instances = ResourceInstance.Of(_dashboard is null ? resources : [.. resources, _dashboard]);
        console.SetSources([RunConsoleLoggerProvider.Source, .. instances.Select(instance => instance.Name)]);
        LogStarting(logger, Environment.ProcessId, _data.Path, _data.Logs);
        await PreviousRun.WaitForEndAsync(_file, time, logger, cancellationToken);

        var model = new DistributedApplicationModel(resources);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        PortAllocator.Allocate(instances, settings);
        await ConnectionStringAllocator.AllocateAsync(resources, cancellationToken);

        // A connection string that is missing is told now, not by each start of whoever needs it.
        foreach (var instance in instances)
            await PlanAsync(instance, cancellationToken);
        await ServeAsync(instances, cancellationToken);

        if (settings.OwnsProcess)
            WatchSignals();
        WriteEndpoints();
        foreach (var supervisor in _supervisors)
            supervisor.Start(StartGate.ConditionsOf(supervisor.Instance.Resource, _supervisors), WriteEndpoints, Fail);
        _background.Add(TellAsync(_stop.Token));
        if (settings.OwnsProcess)
            _background.Add(LauncherWatch.RunAsync(lifetime, time, logger, _stop.Token));
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);
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

        // The last to go: what the others have to say while they end is for it.
        await Task.WhenAll(_supervisors.Where(IsDashboard).Select(supervisor => supervisor.StopAsync()));
        _file?.Delete();
        LogStopped(logger);
    }

    internal Task WaitForHealthyAsync(string resourceName, CancellationToken cancellationToken) =>
        Task.WhenAll(_supervisors.Where(supervisor => supervisor.Instance.Resource.Name == resourceName).Select(supervisor => supervisor.Healthy))
            .WaitAsync(cancellationToken);

    /// <summary>Whoever has not stopped it leaves nothing behind either.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_background.Count > 0 && !_stop.IsCancellationRequested)
            await StopAsync(CancellationToken.None);
        foreach (var signal in _signals)
            signal.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
        foreach (var supervisor in _supervisors)
            supervisor.Dispose();
        await console.DisposeAsync();
        console.OwnLog?.Dispose();
        _http.Dispose();
        _stop.Dispose();
        _data?.Dispose();
    }

    /// <summary>Makes what runs the instances, none of which starts yet, and serves their states.</summary>
    private async Task ServeAsync(IReadOnlyList<ResourceInstance> instances, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var commands = instances.ToDictionary(instance => instance, instance => instance.Resource.CreateCommand());
        var board = new ResourceBoard(
        [
            .. instances.Select(instance => new ResourceSnapshot(instance.Resource, instance, now) { State = ResourceState.NotStarted, Command = commands[instance] }),
            .. resources.Where(resource => instances.All(instance => instance.Resource != resource)).Select(resource => new ResourceSnapshot(resource, Instance: null, now)),
        ]);
        var tasks = instances.SelectMany(instance => instance.Resource.Annotations.OfType<WaitAnnotation>())
            .Where(wait => wait.Type == WaitType.ForCompletion).Select(wait => wait.Resource).ToHashSet();
        _supervisors = [.. instances.Select(instance => new ResourceSupervisor(
            instance,
            commands[instance],
            cancellation => PlanAsync(instance, cancellation),
            tasks.Contains(instance.Resource),
            new HealthProbe(instance, _http, healthChecks),
            new ResourceOutput(instance.Name, new RotatingLog(_data!.Logs, instance.Name), console, time, logger),
            board,
            time,
            logger))];
        _running = new RunningResources(board, _supervisors);
        _service = await ResourceServiceHost.StartAsync(
            _running,
            ApplicationName.Of(host.ApplicationName),
            settings.EndpointPorts.GetValueOrDefault(ResourceServiceHost.PortKey),
            _keys.ResourceService,
            logs,
            cancellationToken);
        _dashboard?.Connect(_service, statuses, configuration);
    }

    private Task<LaunchPlan> PlanAsync(ResourceInstance instance, CancellationToken cancellationToken) =>
        plan.CreateAsync(instance, instance.Resource == _dashboard ? null : _dashboard?.Telemetry, cancellationToken);

    /// <summary>All but the dashboard.</summary>
    private IEnumerable<ResourceSupervisor> Application => _supervisors.Where(supervisor => !IsDashboard(supervisor));

    private bool IsDashboard(ResourceSupervisor supervisor) => supervisor.Instance.Resource == _dashboard;

    private IEnumerable<ResourceSupervisor> DependenciesOf(ResourceSupervisor supervisor)
    {
        var wanted = DependencyOrder.DependenciesOf(supervisor.Instance.Resource).ToHashSet();
        return _supervisors.Where(other => wanted.Contains(other.Instance.Resource));
    }

    /// <summary>Each stops when all that wait for it have stopped; those that do not know each other stop together.</summary>
    private Task StopInOrderAsync()
    {
        var stops = new Dictionary<ResourceSupervisor, Task>();
        return Task.WhenAll(Application.Select(Stop));

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
                _file!.Write(resources, pids, ready: Application.All(supervisor => supervisor.Up.IsCompleted), _dashboard?.LoginUrl, _service);
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
