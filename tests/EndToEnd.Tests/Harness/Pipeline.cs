using System.Text.Json;
using Grpc.Net.Client;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>The whole pipeline as a user starts it: the AppHost with a data folder of its own and free ports.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly ProgramRun _host;
    private readonly bool _ownsData;
    private int _killed;

    private Pipeline(ProgramRun host, string data, bool ownsData)
    {
        _host = host;
        Data = data;
        _ownsData = ownsData;
    }

    public string Data { get; }

    public JsonElement Endpoints { get; private set; }

    public string Kafka => Endpoints.GetProperty("kafka").GetString()!;

    public string TickStoreFile => Endpoints.GetProperty("tickstore").GetString()!["sqlite:".Length..];

    public GrpcChannel Ingest { get; private set; } = null!;

    public GrpcChannel Query { get; private set; } = null!;

    public string HostOutput => _host.Output + "\n" + _host.Errors;

    /// <remarks>Without the dashboard, which has tests of its own: telemetry goes where a test wants it, and the cores to the pipeline.</remarks>
    /// <param name="data">Folder to use (and keep); null makes a fresh one that goes with the pipeline.</param>
    /// <param name="settings">More settings of the AppHost, as KEY=VALUE.</param>
    public static Task<Pipeline> StartAsync(string? data = null, params string[] settings) => StartAsync(data, settings, new Dictionary<string, string>());

    /// <param name="data">As above.</param>
    /// <param name="settings">As above.</param>
    /// <param name="environment">Of the AppHost, and so of its services: settings of theirs, with __ for each colon.</param>
    public static async Task<Pipeline> StartAsync(string? data, string[] settings, IReadOnlyDictionary<string, string> environment)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("stockaspire-").FullName;
        var host = ProgramRun.StartDotNet(
            Repository.Program("AppHost", "StockAspire.AppHost"),
            [$"--AppHost:DataDirectory={folder}", "--AppHost:Ports=dynamic", "--AppHost:Dashboard=none", .. settings.Select(setting => "--" + setting)],
            environment);
        var pipeline = new Pipeline(host, folder, data is null);
        try
        {
            await pipeline.ConnectAsync();
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends a resource at once, as a crash would, and the AppHost starts it again. A resource that is between two runs is
    /// waited for.
    /// </summary>
    public async Task CrashAsync(string resource)
    {
        await Eventually.TrueAsync(
            $"a process of {resource} to kill",
            async () =>
            {
                using var endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "endpoints.json")));
                if (!endpoints.RootElement.GetProperty("pids").TryGetProperty(resource, out var id) || id.GetInt32() == _killed)
                {
                    return false;
                }

                _killed = id.GetInt32();
                ProgramRun.Signal(_killed, 9);
                return true;
            },
            StartLimit);
    }

    /// <summary>Ctrl+C; returns the exit code.</summary>
    public Task<int> StopAsync()
    {
        _host.Interrupt();
        return _host.ExitAsync(StopLimit);
    }

    public async ValueTask DisposeAsync()
    {
        Ingest?.Dispose();
        Query?.Dispose();
        if (!_host.HasExited)
        {
            await StopAsync();
        }

        await _host.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    private async Task ConnectAsync()
    {
        var file = Path.Combine(Data, "endpoints.json");
        Endpoints = (await Eventually.GetAsync(
            "endpoints.json and healthy services",
            async () =>
            {
                if (_host.HasExited)
                {
                    throw new InvalidOperationException($"The AppHost ended.\n{HostOutput}");
                }

                if (!File.Exists(file))
                {
                    return null;
                }

                using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
                var endpoints = json.RootElement.Clone();
                using var client = new HttpClient();
                foreach (var service in new[] { "ingest", "query" })
                {
                    var health = await client.GetAsync(new Uri(new Uri(endpoints.GetProperty(service).GetProperty("http").GetString()!), "/health"));
                    health.EnsureSuccessStatusCode();
                }

                return new StrongBox(endpoints);
            },
            StartLimit)).Value;
        Ingest = Channel("ingest");
        Query = Channel("query");
    }

    private GrpcChannel Channel(string service) => GrpcChannel.ForAddress(
        Endpoints.GetProperty(service).GetProperty("grpc").GetString()!,
        new GrpcChannelOptions { MaxReceiveMessageSize = 4 << 20 });

    private sealed record StrongBox(JsonElement Value);
}
