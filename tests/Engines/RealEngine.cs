using System.Diagnostics;
using System.Globalization;

namespace StockAspire.Engines;

/// <summary>Nodes of a real engine on loopback, by its script. Nodes count from 1. They are stopped, and their data goes, with this.</summary>
public abstract class RealEngine : IAsyncDisposable
{
    /// <summary>Three nodes on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly string _script;
    private readonly string _heapVariable;
    private readonly string _folder = Directory.CreateTempSubdirectory("stockaspire-engine-").FullName;

    private protected RealEngine(string script, string heapVariable)
    {
        (_script, _heapVariable) = (script, heapVariable);
        DataFolder = Path.Combine(_folder, "data");
    }

    /// <summary>Folder of the scripts.</summary>
    public string Scripts { get; init; } = EngineScripts.Folder;

    public int Nodes { get; init; } = 1;

    /// <summary>Of each node, such as 512m; null leaves it to the script where there is one node, and is 512m where there are more.</summary>
    public string? Heap { get; init; }

    /// <summary>With TLS and passwords: the script says which.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Given where a cluster was prepared there; it stays then.</summary>
    public string DataFolder { get; init; }

    /// <summary>Of all nodes, comma-separated, each ADDRESS:PORT.</summary>
    public string ContactPoints { get; private set; } = string.Empty;

    /// <summary>PEM file of the authority behind the nodes' certificates, where they have some.</summary>
    public string CaFile => Path.Combine(DataFolder, "ca.pem");

    /// <summary>The process of a node.</summary>
    public int Pid(int node) => int.Parse(File.ReadAllText(Path.Combine(DataFolder, $"node{node}", "pid")), CultureInfo.InvariantCulture);

    /// <summary>Of the script's verb start.</summary>
    private protected virtual string[] StartArguments => ["--nodes", $"{Nodes}", .. IsSecure ? ["--secure"] : Array.Empty<string>()];

    /// <summary>Starts all nodes that do not run; returns when they listen.</summary>
    public async Task StartAsync() => ContactPoints = (await RunAsync("start", StartArguments)).Trim().Split('\n')[^1];

    /// <summary>Ends a node at once, as a crash would.</summary>
    public Task KillAsync(int node) => RunAsync("kill", $"{node}");

    /// <summary>Ends all nodes at once.</summary>
    public Task KillAllAsync() => Task.WhenAll(Enumerable.Range(1, Nodes).Select(KillAsync));

    /// <summary>Starts a node that was killed; returns when it listens.</summary>
    public Task UpAsync(int node) => RunAsync("up", $"{node}");

    public Task FreezeAsync(int node) => RunAsync("freeze", $"{node}");

    public Task ThawAsync(int node) => RunAsync("thaw", $"{node}");

    public virtual async ValueTask DisposeAsync()
    {
        if (Directory.Exists(DataFolder))
        {
            await RunAsync("stop");
        }

        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <returns>What the script prints.</returns>
    private protected async Task<string> RunAsync(string verb, params string[] arguments)
    {
        // The nodes keep their starter's output open: it goes to a file, or the wait for its end would never end.
        var output = Path.Combine(_folder, $"{Guid.NewGuid():N}.out");
        var start = new ProcessStartInfo(
            "bash", ["-c", "out=$1; shift; exec \"$0\" \"$@\" >\"$out\" 2>&1 </dev/null", Path.Combine(Scripts, _script), output, verb, DataFolder, .. arguments]);
        if ((Heap ?? (Nodes > 1 ? "512m" : null)) is { } heap)
        {
            start.Environment[_heapVariable] = heap;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_script} {verb} still ran after {Limit}: {await File.ReadAllTextAsync(output, CancellationToken.None)}");
        }

        var text = await File.ReadAllTextAsync(output, CancellationToken.None);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{_script} {verb} failed: {text}");
    }
}
