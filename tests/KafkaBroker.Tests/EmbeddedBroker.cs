namespace StockAspire.KafkaBroker.Tests;

/// <summary>A broker in this process on a free port, with its own folder; can be restarted on that folder.</summary>
internal sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Action<KafkaBrokerOptions> _configure;

    private EmbeddedBroker(Action<KafkaBrokerOptions> configure) => _configure = configure;

    public KafkaBrokerServer Server { get; private set; } = null!;

    public string BootstrapServers => Server.BootstrapServers;

    public string DataDirectory => _directory.Path;

    public static async Task<EmbeddedBroker> StartAsync(Action<KafkaBrokerOptions>? configure = null)
    {
        var broker = new EmbeddedBroker(configure ?? (_ => { }));
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
        Server = await KafkaBrokerServer.StartAsync(options, cancellationToken: TestContext.Current.CancellationToken);
    }
}
