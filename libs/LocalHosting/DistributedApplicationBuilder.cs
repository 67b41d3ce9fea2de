using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StockAspire.LocalHosting.Testing;

namespace StockAspire.LocalHosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationTestingBuilder
{
    /// <summary>Assembly metadata of the AppHost: its project's folder.</summary>
    internal const string ProjectDirectoryKey = "AppHost:ProjectDirectory";

    private readonly HostApplicationBuilder _host;
    private readonly List<IResource> _resources = [];
    private readonly bool _help;
    private readonly PublishingOptions? _publishing;
    private DistributedApplication? _application;

    internal DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var assembly = AppHostEntryPoint.Current?.Assembly ?? Assembly.GetEntryAssembly();
        var metadata = (assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
            .Where(attribute => attribute.Key.StartsWith("AppHost:", StringComparison.Ordinal))
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        AppHostDirectory = Path.GetFullPath(
            options.ProjectDirectory ?? metadata.GetValueOrDefault(ProjectDirectoryKey) ?? Directory.GetCurrentDirectory());
        _help = options.Args.Any(argument => argument is "--help" or "-h" or "-?");
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = _help ? [] : options.Args,
            ContentRootPath = AppHostDirectory,
            ApplicationName = assembly?.GetName().Name,
        });
        if (!_help)
            _host.Configuration.AddCommandLine(options.Args, new Dictionary<string, string>(PublishingOptions.Switches));
        foreach (var (key, value) in metadata)
            _host.Configuration[key] ??= value;

        _publishing = PublishingOptions.Read(_host.Configuration);
        ExecutionContext = new DistributedApplicationExecutionContext(
            _publishing is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish);
        Settings = AppHostSettings.Read(_host.Configuration, AppHostDirectory) with { OwnsProcess = AppHostEntryPoint.Current is null };
        if (!Settings.OwnsProcess)
            Services.AddSingleton<IHostLifetime, GuestLifetime>();
        _host.Logging.ClearProviders();
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // It logs what prevents the start with a stack trace; here that is one line on stderr.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        Services.AddSingleton(Settings);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton<EnvironmentPlan>();
        Services.AddHealthChecks();
        Services.AddSingleton<IReadOnlyList<IResource>>(_resources);
        Services.AddSingleton<ILoggerProvider, RunConsoleLoggerProvider>();
        Services.AddSingleton<Orchestrator>();
        Services.AddSingleton(services => new ResourceNotificationService(services.GetRequiredService<Orchestrator>()));
        Services.AddSingleton(services => new ResourceCommandService(services.GetRequiredService<Orchestrator>()));
        if (_publishing is null)
            Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        else
            Services.AddSingleton(_publishing).AddSingleton<ManifestPublisher>();
        Services.TryAddSingleton(_ => RunConsole.ForStandardOutput());
        Services.TryAddSingleton(TimeProvider.System);

        // Every level of the dependency graph may use its whole grace period, one after the other.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(2));
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IServiceCollection Services => _host.Services;

    public string AppHostDirectory { get; }

    public string DataDirectory => Settings.DataDirectory;

    public IReadOnlyList<IResource> Resources => _resources;

    internal AppHostSettings Settings { get; }

    /// <summary>Deleted with this builder.</summary>
    internal string? TemporaryDirectory { get; set; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (_resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There are two resources of the name '{resource.Name}'.");
        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource =>
        new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        DependencyOrder.Check(_resources);
        AppHostEntryPoint.Current?.Built(this);
        _application = new DistributedApplication(_host.Build(), _help);
        return _application;
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());

    /// <summary>With the application that it has built.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
        if (TemporaryDirectory is not null && Directory.Exists(TemporaryDirectory))
            Directory.Delete(TemporaryDirectory, recursive: true);
    }
}
