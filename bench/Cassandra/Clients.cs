using System.Diagnostics;
using System.Globalization;
using StockAspire.Engines;

namespace StockAspire.Bench.Cassandra;

/// <summary>Starts the programs that are compared, each in a process of its own, and reads the lines that they print.</summary>
internal sealed class Clients(CassandraBenchOptions options, RealCassandra node)
{
    public string Contact => node.ContactPoints;

    /// <summary>
    /// A peer's test: <c>peers.sh TEST AT ...</c>. Run once more if it fails: the Java sink gives up making its tables after 2 s,
    /// which a busy machine may need.
    /// </summary>
    public async Task<List<Measured>> PeerAsync(string test, string at, int rows, params string[] arguments)
    {
        try
        {
            return await LinesAsync(Start("bash", Arguments(), rows, null));
        }
        catch (InvalidOperationException exception)
        {
            Console.WriteLine($"{exception.Message}Once more.");
            return await LinesAsync(Start("bash", Arguments(), rows, null));
        }

        string[] Arguments() => [Path.Combine(options.Peers, "peers.sh"), test, at, .. arguments];
    }

    /// <summary>A test of ours: one of <see cref="CassandraClient"/>.</summary>
    public async Task<List<Measured>> OursAsync(string test, int rows, params string[] variants) =>
        await LinesAsync(StartOurs(test, rows, null, variants));

    /// <summary>Rows that a keyspace of the store holds, each read.</summary>
    public async Task<long> CountAsync(string keyspace, int rows) =>
        (long)(await LinesAsync(StartOurs(CassandraClient.StoreCount, rows, keyspace)))[0].Rows;

    /// <summary>Writes at a steady rate beside <paramref name="measured"/>.</summary>
    public async Task BesideWritesAsync(int rowsPerSecond, Func<Task> measured)
    {
        using var writer = StartOurs(CassandraClient.SteadyWrite, options.Rows, null, string.Create(CultureInfo.InvariantCulture, $"50x{rowsPerSecond}"));
        await writer.StandardOutput.ReadLineAsync();
        try
        {
            await measured();
        }
        finally
        {
            writer.StandardInput.Close();
            await writer.WaitForExitAsync();
        }
    }

    private Process StartOurs(string test, int rows, string? keyspace, params string[] variants) =>
        Start("dotnet", [typeof(Clients).Assembly.Location, CassandraClient.Verb, test, node.ContactPoints, rows.ToString(CultureInfo.InvariantCulture), options.Data, .. variants], rows, keyspace);

    private Process Start(string program, IReadOnlyList<string> arguments, int rows, string? keyspace)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["ROWS"] = rows.ToString(CultureInfo.InvariantCulture);
        start.Environment["ENGINES"] = options.Engines;
        start.Environment["DATA"] = options.Data;
        start.Environment["SERVER_PID"] = node.Pid(1).ToString(CultureInfo.InvariantCulture);
        if (keyspace is not null)
        {
            start.Environment["STORE_KEYSPACE"] = keyspace;
        }

        return Process.Start(start)!;
    }

    private static async Task<List<Measured>> LinesAsync(Process process)
    {
        using (process)
        {
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? [.. text.Split('\n').Select(Measured.Parse).OfType<Measured>()]
                : throw new InvalidOperationException($"{string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}: {text}");
        }
    }
}
