namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>
/// Nodes of a real engine on loopback for one suite, by a script of the engines beside the checkout. Nodes count from 1.
/// </summary>
internal abstract class RealEngine : IAsyncDisposable
{
    /// <summary>Three nodes on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly string _script;
    private readonly string _folder = Directory.CreateTempSubdirectory("stockaspire-engine-").FullName;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private protected RealEngine(string script, int nodes, string heap)
    {
        _script = Script(script);
        Nodes = nodes;

        // Each node's heap; alone it has what the script gives it.
        _environment = nodes > 1 ? new Dictionary<string, string> { [heap] = "512m" } : new Dictionary<string, string>();
    }

    public int Nodes { get; }

    /// <summary>Of all nodes, comma-separated.</summary>
    public string ContactPoints { get; private set; } = string.Empty;

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Ends a node at once, as a crash would.</summary>
    public Task KillAsync(int node) => RunAsync("kill", $"{node}");

    /// <summary>Starts a node that was killed; returns when it listens.</summary>
    public Task UpAsync(int node) => RunAsync("up", $"{node}");

    public Task FreezeAsync(int node) => RunAsync("freeze", $"{node}");

    public Task ThawAsync(int node) => RunAsync("thaw", $"{node}");

    /// <summary>Ends all nodes at once.</summary>
    public Task KillAllAsync() => Task.WhenAll(Enumerable.Range(1, Nodes).Select(KillAsync));

    /// <summary>Starts all nodes that do not run; returns when they listen.</summary>
    public async Task StartAsync(params string[] arguments) => ContactPoints = await RunAsync("start", arguments);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_folder, recursive: true);
    }

    private protected static string Script(string name) => Path.Combine(Repository.Shared, "engines", name);

    /// <returns>The last line that it prints.</returns>
    private async Task<string> RunAsync(string verb, params string[] arguments)
    {
        // The nodes keep their starter's output open: it goes to a file, or the wait for its end would never end.
        var output = Path.Combine(_folder, $"{Guid.NewGuid():N}.out");
        await using var run = ProgramRun.Start(
            "bash", ["-c", "out=$1; shift; exec \"$0\" \"$@\" >\"$out\" 2>&1 </dev/null", _script, output, verb, DataFolder, .. arguments], environment: _environment);
        var exitCode = await run.ExitAsync(Limit);
        var lines = await File.ReadAllLinesAsync(output);
        return exitCode == 0 ? lines.LastOrDefault("").Trim() : throw new InvalidOperationException($"{_script} {verb} failed:\n{string.Join('\n', lines)}");
    }
}
