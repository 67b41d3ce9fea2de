using StockAspire.Engines;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>One running pipeline for a suite. Ticks of different tests differ by their source.</summary>
public abstract class PipelineFixture : IAsyncLifetime
{
    private Pipeline? _pipeline;

    /// <summary>Why this suite cannot run here; null where it can.</summary>
    public abstract string? Absence { get; }

    internal Pipeline Pipeline => _pipeline ?? throw new InvalidOperationException("The pipeline is not running.");

    public async ValueTask InitializeAsync()
    {
        if (Absence is null)
        {
            _pipeline = await StartAsync();
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected static string[] Settings =>
        Directory.Exists(Path.Combine(Checkout.Shared, "data")) ? [$"Ingest:CsvRoot={Path.Combine(Checkout.Shared, "data")}"] : [];

    private protected abstract Task<Pipeline> StartAsync();
}

/// <summary>The default run: embedded broker, SQLite file.</summary>
public sealed class EmbeddedFixture : PipelineFixture
{
    public override string? Absence => null;

    private protected override Task<Pipeline> StartAsync() => Pipeline.StartAsync(Settings);
}

/// <summary>The same services against a real Apache Kafka, by its connection string alone.</summary>
public class RealKafkaFixture : PipelineFixture
{
    private RealKafka? _kafka;

    public override string? Absence => RealKafka.Absence;

    internal RealKafka Kafka => _kafka ?? throw new InvalidOperationException("Kafka is not running.");

    /// <summary>Of each engine.</summary>
    private protected virtual int Nodes => 1;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected override async Task<Pipeline> StartAsync()
    {
        _kafka = new RealKafka { Nodes = Nodes };
        await _kafka.StartAsync();
        return await Pipeline.StartAsync([.. Settings, $"ConnectionStrings:kafka={_kafka.ContactPoints}", .. await StartMoreAsync()]);
    }

    /// <summary>Starts what else there is; its settings.</summary>
    private protected virtual Task<string[]> StartMoreAsync() => Task.FromResult<string[]>([]);
}

/// <summary>Real Apache Kafka and real Apache Cassandra, by their connection strings alone.</summary>
public class RealEnginesFixture : RealKafkaFixture
{
    private RealCassandra? _cassandra;

    public override string? Absence => base.Absence ?? RealCassandra.Absence;

    internal RealCassandra Cassandra => _cassandra ?? throw new InvalidOperationException("Cassandra is not running.");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_cassandra is not null)
        {
            await _cassandra.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected override async Task<string[]> StartMoreAsync()
    {
        _cassandra = new RealCassandra { Nodes = Nodes, IsSynced = true };
        await _cassandra.StartAsync();
        return [$"ConnectionStrings:tickstore=cassandra://{_cassandra.ContactPoints}/stockaspire?dc=dc1&replication={Nodes}"];
    }
}

/// <summary>Three nodes of each, three copies of everything, two of which answer for a write.</summary>
public sealed class ThreeEnginesFixture : RealEnginesFixture
{
    public override string? Absence => base.Absence ?? (TestRun.IsLong ? null : "six servers take minutes: it runs with ./test.sh --long");

    private protected override int Nodes => 3;
}
