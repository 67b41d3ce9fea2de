using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.LocalHosting;

/// <summary>The whole application, run on this machine without containers.</summary>
public sealed class DistributedApplication : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly bool _help;

    internal DistributedApplication(IHost host, bool help)
    {
        _host = host;
        _help = help;
    }

    public ResourceNotificationService ResourceNotifications => _host.Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => _host.Services.GetRequiredService<ResourceCommandService>();

    public IServiceProvider Services => _host.Services;

    /// <summary>
    /// Never throws, outside of a test: what is wrong with the arguments or the configuration is a line on stderr and
    /// exit code 1.
    /// </summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) =>
        Explained(() => CreateBuilder(new DistributedApplicationOptions { Args = args }));

    /// <exception cref="DistributedApplicationException">The configuration is invalid.</exception>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DistributedApplicationBuilder(options);
    }

    /// <summary>As <see cref="RunAsync"/>, but what prevents the start is a line on stderr and exit code 1.</summary>
    public void Run()
    {
        if (_help)
        {
            Console.Out.Write(Help.Text);
            return;
        }
        Explained(() =>
        {
            RunAsync().GetAwaiter().GetResult();
            return true;
        });
    }

    /// <summary>
    /// Runs until Ctrl+C, SIGTERM or <paramref name="cancellationToken"/>; then everything has ended. Started to publish,
    /// it writes the manifest and runs nothing.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A port or the data directory is taken, or a project is not built.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await using (this)
        {
            if (_host.Services.GetService<ManifestPublisher>() is { } publisher)
            {
                await publisher.PublishAsync(cancellationToken);
                return;
            }
            await StartAsync(cancellationToken);
            await _host.WaitForShutdownAsync(cancellationToken);
        }
    }

    /// <summary>Returns when all resources are on their way; they may not be healthy yet.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Stops first what has not been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private static T Explained<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DistributedApplicationException exception) when (AppHostEntryPoint.Current is null)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            Environment.Exit(1);
            throw;
        }
    }
}
