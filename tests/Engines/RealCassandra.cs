using System.Net;

namespace StockAspire.Engines;

/// <summary>Apache Cassandra, on addresses that no other cluster has.</summary>
public sealed class RealCassandra : RealEngine
{
    private readonly Lazy<LoopbackAddresses> _addresses;

    public RealCassandra()
        : base(EngineScripts.Cassandra, "CASSANDRA_HEAP") =>

        // The script makes certificates for the first nine addresses.
        _addresses = new(() => IsSecure ? LoopbackAddresses.Hold(Nodes, numberMin: 2, numberMax: 9) : LoopbackAddresses.Hold(Nodes));

    /// <summary>Why there is none here; null where there is one.</summary>
    public static string? Absence { get; } = EngineScripts.FindAbsence(EngineScripts.Cassandra);

    /// <summary>Whether nodes sync before they acknowledge, so that even all of them may be killed at once.</summary>
    public bool IsSynced { get; init; }

    /// <summary>Of the first node; the others have the next ones.</summary>
    public IPAddress Address => _addresses.Value.First;

    private protected override string[] StartArguments =>
        [.. base.StartArguments, "--address", $"{Address}", "--sync", IsSynced ? "batch" : "periodic"];

    public Task<string> NodetoolAsync(int node, params string[] command) => RunAsync("nodetool", [$"{node}", .. command]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_addresses.IsValueCreated)
        {
            _addresses.Value.Dispose();
        }
    }
}
