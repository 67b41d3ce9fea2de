using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    /// <summary>Assembly metadata of the AppHost: its project's folder.</summary>
    internal const string ProjectDirectoryKey = "AppHost:ProjectDirectory";

    private readonly HostApplicationBuilder _host;
    private readonly List<IResource> _resources = [];
    private readonly bool _help;

    internal DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var metadata = (Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
            .Where(attribute => attribute.Key.StartsWith("AppHost:", StringComparison.Ordinal))
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        AppHostDirectory = Path.GetFullPath(
            options.ProjectDirectory ?? metadata.GetValueOrDefault(ProjectDirectoryKey) ?? Directory.GetCurrentDirectory());
        _help = options.Args.Any(argument => argument is "--help" or "-h" or "-?");
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = _help ? [] : options.Args,
            ContentRootPath = AppHostDirectory,
        });
        foreach (var (key, value) in metadata)
            _host.Configuration[key] ??= value;

        Settings = AppHostSettings.Read(_host.Configuration, AppHostDirectory);
        _host.Logging.ClearProviders();
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // It logs what prevents the start with a stack trace; here that is one line on stderr.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        Services.AddSingleton(Settings);
        Services.AddSingleton<IReadOnlyList<IResource>>(_resources);
        Services.AddSingleton<ILoggerProvider, RunConsoleLoggerProvider>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        Services.TryAddSingleton(_ => RunConsole.ForStandardOutput());
        Services.TryAddSingleton(TimeProvider.System);

        // Every level of the dependency graph may use its whole grace period, one after the other.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(2));
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public string AppHostDirectory { get; }

    public string DataDirectory => Settings.DataDirectory;

    public IReadOnlyList<IResource> Resources => _resources;

    internal AppHostSettings Settings { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (_resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There are two resources of the name '{resource.Name}'.");
        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        DependencyOrder.Check(_resources);
        return new DistributedApplication(_host.Build(), _help);
    }
}
