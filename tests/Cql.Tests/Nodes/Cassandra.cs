using System.Diagnostics;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>
/// Apache Cassandra itself, started by <c>cassandra.sh</c> in the folder that STOCKASPIRE_ENGINES names, or in <c>engines</c> of the folder
/// that STOCKASPIRE_SHARED names, or in <c>../shared/engines</c> beside the repository.
/// </summary>
public abstract class Cassandra(string address, params string[] arguments) : IAsyncLifetime
{
    private static readonly string? Script = FindScript();

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("cql-cassandra-").FullName;

    public static string? SkipReason => Script is null ? "Apache Cassandra is not at hand: no cassandra.sh in STOCKASPIRE_ENGINES or ../shared/engines." : null;

    /// <summary>Why this cluster is not started; null if it is.</summary>
    public virtual string? Absence => SkipReason;

    /// <summary>Of all nodes, as the client takes them.</summary>
    public string[] ContactPoints { get; private set; } = [];

    public string CaFile => Path.Combine(_directory, "cluster", "ca.pem");

    private string ClusterDirectory => Path.Combine(_directory, "cluster");

    public async ValueTask InitializeAsync()
    {
        if (Absence is null)
            ContactPoints = (await RunAsync("start", [ClusterDirectory, "--address", address, .. arguments])).Trim().Split('\n')[^1].Split(',');
    }

    public async ValueTask DisposeAsync()
    {
        if (Absence is null)
            await RunAsync("stop", [ClusterDirectory]);
        System.IO.Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <param name="node">From 1.</param>
    public Task KillAsync(int node) => RunAsync("kill", [ClusterDirectory, $"{node}"]);

    public Task StartAsync(int node) => RunAsync("up", [ClusterDirectory, $"{node}"]);

    public Task FreezeAsync(int node) => RunAsync("freeze", [ClusterDirectory, $"{node}"]);

    public Task ThawAsync(int node) => RunAsync("thaw", [ClusterDirectory, $"{node}"]);

    public Task<string> NodetoolAsync(int node, params string[] command) => RunAsync("nodetool", [ClusterDirectory, $"{node}", .. command]);

    public CqlOptions Options() => new() { ContactPoints = ContactPoints, Consistency = CqlConsistency.LocalOne, RequestTimeout = TimeSpan.FromSeconds(60), AttemptTimeout = TimeSpan.FromSeconds(20), ConnectTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>A session in a keyspace of its own.</summary>
    public async Task<CqlSession> ConnectAsync(Action<CqlOptions>? configure = null, int replication = 1)
    {
        Assert.SkipUnless(Absence is null, Absence ?? "");
        var options = Options();
        configure?.Invoke(options);
        var keyspace = $"k{Guid.NewGuid():N}";
        await using (var session = await CqlSession.ConnectAsync(options, cancel: TestContext.Current.CancellationToken))
            (await session.ExecuteAsync($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': {replication}}}", TestContext.Current.CancellationToken)).Dispose();
        options.Keyspace = keyspace;
        return await CqlSession.ConnectAsync(options, cancel: TestContext.Current.CancellationToken);
    }

    private static string? FindScript()
    {
        var named = Environment.GetEnvironmentVariable("STOCKASPIRE_ENGINES");
        if (named is null && Environment.GetEnvironmentVariable("STOCKASPIRE_SHARED") is { } shared)
            named = Path.Combine(shared, "engines");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && named is null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StockAspire.sln")))
                named = Path.Combine(folder.FullName, "..", "shared", "engines");
        }

        var found = named is null ? null : Path.Combine(named, "cassandra.sh");
        return File.Exists(found) ? found : null;
    }

    private async Task<string> RunAsync(string verb, string[] arguments)
    {
        // The nodes outlive the script and would keep a redirected pipe open: the output goes through a file.
        var output = Path.Combine(_directory, $"out-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", "out=$1; shift; exec \"$0\" \"$@\" >\"$out\" 2>&1 </dev/null", Script!, output, verb } };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["CASSANDRA_HEAP"] = "512m";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8));
        var text = await File.ReadAllTextAsync(output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"cassandra.sh {verb} failed: {text}");
    }
}

public sealed class SingleCassandra() : Cassandra("127.0.0.21");

/// <summary>Its certificate is for 127.0.0.1 to 127.0.0.9.</summary>
public sealed class SecureCassandra() : Cassandra("127.0.0.8", "--secure");

public sealed class ThreeCassandras() : LongRunCassandra("127.0.0.31", "--nodes", "3");

/// <summary>A cluster on which tests take many minutes.</summary>
public abstract class LongRunCassandra(string address, params string[] arguments) : Cassandra(address, arguments)
{
    public override string? Absence =>
        base.Absence ?? (Environment.GetEnvironmentVariable("STOCKASPIRE_LONG") is "1" ? null : "Takes many minutes: it runs with ./test.sh --long.");
}
