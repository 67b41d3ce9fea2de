using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStream;

/// <summary>Makes the topics where they are missing and checks what is fixed once made. Any service may call it, at the same time.</summary>
public sealed class TopicSetup(KafkaClients clients, IOptions<KafkaOptions> options, ILogger<TopicSetup> logger)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>The id of topic <c>ticks</c>: it changes when the topic is deleted and made again.</returns>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    /// <exception cref="InvalidOperationException">Topic <c>ticks</c> has another number of partitions than configured.</exception>
    public async Task<Guid> EnsureAsync(CancellationToken cancellationToken)
    {
        using var admin = clients.CreateAdmin("stockaspire-setup");
        await CreateAsync(admin).WaitAsync(cancellationToken).ConfigureAwait(false);
        var ticks = await DescribeAsync(admin, Topics.Ticks).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (ticks.Partitions.Count != options.Value.TopicPartitions)
        {
            throw new InvalidOperationException(
                $"Kafka:TopicPartitions is {options.Value.TopicPartitions}, but topic {Topics.Ticks} was made with {ticks.Partitions.Count} partitions, which is fixed: a symbol keeps its partition. Set Kafka:TopicPartitions to {ticks.Partitions.Count}, or use a new cluster.");
        }

        return ToGuid(ticks.TopicId);
    }

    /// <summary>The id and number of partitions of a topic that exists.</summary>
    public async Task<(Guid Id, int Partitions)> FindAsync(string topic, CancellationToken cancellationToken)
    {
        using var admin = clients.CreateAdmin("stockaspire-setup");
        var description = await DescribeAsync(admin, topic).WaitAsync(cancellationToken).ConfigureAwait(false);
        return (ToGuid(description.TopicId), description.Partitions.Count);
    }

    private static async Task<TopicDescription> DescribeAsync(IAdminClient admin, string topic)
    {
        var described = await admin.DescribeTopicsAsync(
            TopicCollection.OfTopicNames([topic]),
            new DescribeTopicsOptions { RequestTimeout = Timeout }).ConfigureAwait(false);
        return described.TopicDescriptions[0];
    }

    private static Guid ToGuid(Uuid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, id.MostSignificantBits);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.LeastSignificantBits);
        return new Guid(bytes, bigEndian: true);
    }

    private async Task CreateAsync(IAdminClient admin)
    {
        var compacted = new Dictionary<string, string> { ["cleanup.policy"] = "compact" };

        // Seals prove what is stored: they, and what they prove, are kept until someone decides otherwise.
        var kept = new Dictionary<string, string> { ["retention.ms"] = "-1" };
        TopicSpecification[] wanted =
        [
            Topic(Topics.Ticks, options.Value.TopicPartitions, []),
            Topic(Topics.Raw, options.Value.TopicPartitions, []),
            Topic(Topics.DeadLetters, 1, kept),
            Topic(Topics.Seals, 1, compacted),
            Topic(Topics.Sources, 1, compacted),
        ];
        try
        {
            await admin.CreateTopicsAsync(wanted, new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).ConfigureAwait(false);
        }
        catch (CreateTopicsException exception)
        {
            var failed = exception.Results.FirstOrDefault(result => result.Error.Code is not (ErrorCode.NoError or ErrorCode.TopicAlreadyExists));
            if (failed is not null)
            {
                throw new KafkaException(failed.Error);
            }

            wanted = [.. wanted.Where(topic => exception.Results.Any(result => result.Topic == topic.Name && result.Error.Code == ErrorCode.NoError))];
        }

        foreach (var topic in wanted)
        {
            KafkaLog.TopicCreated(logger, topic.Name, topic.NumPartitions);
        }
    }

    private TopicSpecification Topic(string name, int partitions, Dictionary<string, string> configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = (short)(options.Value.ReplicationFactor == 0 ? -1 : options.Value.ReplicationFactor),
        Configs = configs,
    };
}
