namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>Confluent.Kafka of NuGet, on the librdkafka of its package.</summary>
public sealed class ConfluentSuite : StaticMemberSuite
{
    private protected override ClientCommand Client => ClientCommand.Confluent;

    private protected override Task<string?> MissingAsync() => Task.FromResult<string?>(null);
}

/// <summary>Debian's kafka-python: no idempotent producer, no static members.</summary>
public sealed class PythonKafkaSuite : ClientSuite
{
    private protected override ClientCommand Client => ClientCommand.PythonKafka;

    private protected override bool IsIdempotent => false;

    private protected override Task<string?> MissingAsync() => ClientRequirements.PythonKafkaAsync();
}

/// <summary>Debian's confluent-kafka, on the system's librdkafka.</summary>
public sealed class PythonConfluentSuite : StaticMemberSuite
{
    private protected override ClientCommand Client => ClientCommand.PythonConfluent;

    private protected override Task<string?> MissingAsync() => ClientRequirements.PythonConfluentAsync();
}

/// <summary>kafkajs: its producer is idempotent with one request in flight; no static members.</summary>
public sealed class KafkaJsSuite : ClientSuite
{
    private protected override ClientCommand Client => ClientCommand.KafkaJs;

    private protected override Task<string?> MissingAsync() => ClientRequirements.NodePackages;
}

/// <summary>@platformatic/kafka. A fetch that is under way when a rebalance ends gives records which it then fetches again.</summary>
public sealed class PlatformaticSuite : StaticMemberSuite
{
    private protected override ClientCommand Client => ClientCommand.Platformatic;

    private protected override bool ReadsAgainOverRebalances => true;

    private protected override async Task<string?> MissingCodecAsync(string codec) =>
        codec != "zstd" || await ClientRequirements.NodeHasZstdAsync() ? null : "@platformatic/kafka takes zstd from Node.js, which has it since 22.15.";

    private protected override Task<string?> MissingAsync() => ClientRequirements.NodePackages;
}

/// <summary>Kafka's own Java client.</summary>
public sealed class JavaSuite : StaticMemberSuite
{
    private protected override ClientCommand Client => ClientCommand.Java;

    private protected override Task<string?> MissingAsync() => ClientRequirements.Java;
}
