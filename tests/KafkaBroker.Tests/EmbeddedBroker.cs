using Microsoft.Extensions.Logging;

namespace StockAspire.KafkaBroker.Tests;

/// <summary>A broker in this process on a free port, with its own folder; can be restarted on that folder.</summary>
internal sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Action<KafkaBrokerOptions> _configure;
    private readonly ILoggerFactory? _loggers;

    private EmbeddedBroker(Action<KafkaBrokerOptions> configure, ILoggerFactory? loggers) => (_configure, _loggers) = (configure, loggers);

    public KafkaBrokerServer Server { get; private set; } = null!;

    public string BootstrapServers => Server.BootstrapServers;

    public string DataDirectory => _directory.Path;

    public static async Task<EmbeddedBroker> StartAsync(Action<KafkaBrokerOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var broker = new EmbeddedBroker(configure ?? (_ => { }), loggers);
        await broker.StartAsync(port: 0);
        return broker;
    }

    /// <summary>Stops gracefully and starts again on the same folder and port.</summary>
    public async Task RestartAsync()
    {
        var port = Server.Port;
        await Server.DisposeAsync();
        await StartAsync(port);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
    }

    private async Task StartAsync(int port)
    {
        var options = new KafkaBrokerOptions { DataDirectory = _directory.Path, Port = port };
        _configure(options);
        Server = await KafkaBrokerServer.StartAsync(options, _loggers, cancellationToken: TestContext.Current.CancellationToken);
    }
}
