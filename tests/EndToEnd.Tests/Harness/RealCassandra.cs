namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A real Apache Cassandra whose nodes sync before they acknowledge, so that even all of them may be killed at once.</summary>
internal sealed class RealCassandra : RealEngine
{
    private const string ScriptName = "cassandra.sh";

    private RealCassandra(int nodes)
        : base(ScriptName, nodes, "CASSANDRA_HEAP")
    {
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Absence => File.Exists(Script(ScriptName)) ? null : $"needs a real Cassandra: {Script(ScriptName)} is absent";

    /// <summary>One node with TLS and passwords; what <paramref name="prepare"/> puts into its folder first is its certificate.</summary>
    public static async Task<RealCassandra> StartSecureAsync(string address, Action<string> prepare)
    {
        var cassandra = new RealCassandra(nodes: 1);
        prepare(Directory.CreateDirectory(cassandra.DataFolder).FullName);
        await cassandra.StartAsync("--address", address, "--sync", "batch", "--secure");
        return cassandra;
    }

    public static async Task<RealCassandra> StartAsync(int nodes)
    {
        var cassandra = new RealCassandra(nodes);
        await cassandra.StartAsync("--nodes", $"{nodes}", "--address", nodes == 1 ? "127.0.0.61" : "127.0.0.63", "--sync", "batch");
        return cassandra;
    }
}
