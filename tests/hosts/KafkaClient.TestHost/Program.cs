using System.Globalization;
using System.Text;
using Confluent.Kafka;

// Confluent.Kafka as a client program, so that a test can end it at any moment.
//
// usage: KafkaClient.TestHost write BOOTSTRAP TOPIC CODEC
//        KafkaClient.TestHost read BOOTSTRAP TOPIC COUNT
//        KafkaClient.TestHost join BOOTSTRAP TOPIC GROUP [ASSIGNOR] [INSTANCE]
var (verb, bootstrap, topic, last) = (args[0], args[1], args[2], args[3]);
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var say = TextWriter.Synchronized(output);
switch (verb)
{
    case "write":
        Write(Enum.Parse<CompressionType>(last, ignoreCase: true));
        break;
    case "read":
        Read(int.Parse(last, CultureInfo.InvariantCulture));
        break;
    case "join":
        Join(args.ElementAtOrDefault(4) ?? "range", args.ElementAtOrDefault(5));
        break;
    default:
        throw new ArgumentException($"{verb} is none of write, read and join.");
}

void Write(CompressionType codec)
{
    var config = new ProducerConfig
    {
        BootstrapServers = bootstrap,
        EnableIdempotence = true,
        CompressionType = codec,
        LingerMs = 5,
        ReconnectBackoffMaxMs = 500,
        MessageTimeoutMs = 0,
    };
    using var producer = new ProducerBuilder<string, string>(config).Build();
    while (Console.ReadLine() is { } line)
    {
        var span = Array.ConvertAll(line.Split(' '), int.Parse);
        for (var i = span[0]; i < span[1]; i++)
        {
            var number = i;
            var message = new Message<string, string>
            {
                Key = $"key-{number}",
                Value = $"{number}: Zürich, 東京",
                Headers = new Headers { { "number", Encoding.UTF8.GetBytes($"{number}") } },
            };
            producer.Produce(topic, message, report =>
            {
                if (report.Error.IsError)
                {
                    Environment.FailFast(report.Error.ToString());
                }

                say.WriteLine($"acked\t{number}\t{report.Partition.Value}\t{report.Offset.Value}");
            });
        }

        producer.Flush();
    }
}

void Read(int count)
{
    using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
    var partitions = admin.GetMetadata(topic, TimeSpan.FromMinutes(1)).Topics[0].Partitions;
    using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "unused" }).Build();
    consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, 0)));
    for (var i = 0; i < count; i++)
    {
        SayRecord(consumer.Consume());
    }
}

void Join(string assignor, string? instance)
{
    var ended = Task.Run(() => Console.In.ReadToEnd());
    var config = new ConsumerConfig
    {
        BootstrapServers = bootstrap,
        GroupId = last,
        GroupInstanceId = instance,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        HeartbeatIntervalMs = 200,
        ReconnectBackoffMaxMs = 500,
        PartitionAssignmentStrategy = assignor switch
        {
            "range" => PartitionAssignmentStrategy.Range,
            "roundrobin" => PartitionAssignmentStrategy.RoundRobin,
            "cooperative-sticky" => PartitionAssignmentStrategy.CooperativeSticky,
            _ => throw new ArgumentException($"{assignor} is not known to this client."),
        },
    };
    var owned = new SortedSet<int>();
    using var consumer = new ConsumerBuilder<string, string>(config)
        .SetPartitionsAssignedHandler((_, assigned) =>
        {
            owned.UnionWith(assigned.Select(p => p.Partition.Value));
            SayAssigned();
        })
        .SetPartitionsRevokedHandler((_, revoked) =>
        {
            owned.ExceptWith(revoked.Select(p => p.Partition.Value));
            SayAssigned();
        })
        .Build();
    consumer.Subscribe(topic);
    while (!ended.IsCompleted)
    {
        if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record)
        {
            continue;
        }

        SayRecord(record);
        try
        {
            consumer.Commit(record);
        }
        catch (KafkaException e)
        {
            Console.Error.WriteLine($"not committed: {e.Error}");
        }
    }

    consumer.Close();

    void SayAssigned() => say.WriteLine($"assigned\t{string.Join(',', owned)}");
}

void SayRecord(ConsumeResult<string, string> record)
{
    var headers = record.Message.Headers.Select(h => $"{h.Key}={Encoding.UTF8.GetString(h.GetValueBytes())}");
    say.WriteLine($"record\t{record.Partition.Value}\t{record.Offset.Value}\t{record.Message.Key}\t{record.Message.Value}\t{string.Join(',', headers)}");
}
