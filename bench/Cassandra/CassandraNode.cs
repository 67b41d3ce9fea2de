using System.Diagnostics;
using System.Globalization;

namespace StockAspire.Bench.Cassandra;

/// <summary>One Apache Cassandra as <c>cassandra.sh</c> starts it, on a folder of its own.</summary>
internal sealed class CassandraNode(string engines) : IAsyncDisposable
{
    private readonly string _script = Path.Combine(engines, "cassandra.sh");
    private readonly string _folder = Directory.CreateTempSubdirectory("stockaspire-bench-cassandra-").FullName;

    public string Contact { get; private set; } = "";

    public int Pid { get; private set; }

    public async Task StartAsync()
    {
        Contact = (await RunAsync("start")).Trim().Split('\n')[^1];
        Pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "data", "node1", "pid")), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(string verb)
    {
        // The node outlives the script and would keep a redirected pipe open: the output goes through a file.
        var output = Path.Combine(_folder, "out");
        using var process = Process.Start("bash", ["-c", "\"$0\" \"$1\" \"$2\" >\"$3\" 2>&1", _script, verb, Path.Combine(_folder, "data"), output]);
        await process.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{_script} {verb} failed: {text}");
    }
}
