using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>
/// Creates topics, deletes them again and deletes the first records of another one, without end, and remembers which of that was
/// acknowledged. What was asked for and not acknowledged may have happened or not.
/// </summary>
internal sealed class TopicChurn(string trimmedTopic)
{
    private const int TopicsKept = 3;

    private readonly Lock _gate = new();
    private readonly List<string> _existing = [];
    private readonly HashSet<string> _deleted = [];
    private long _trimmedTo;

    /// <summary>How many times it has got round, and where it is.</summary>
    public (int Rounds, string Step, string Error) Progress { get; private set; } = (0, "", "");

    /// <summary>Topics that must be there, topics that must not, and the offset before which records of the trimmed topic are gone.</summary>
    public (string[] Existing, string[] Deleted, long TrimmedTo) Acknowledged()
    {
        lock (_gate)
        {
            return ([.. _existing], [.. _deleted], _trimmedTo);
        }
    }

    public async Task RunAsync(int port, Func<long> trimTo, CancellationToken stop)
    {
        using var admin = BuildAdmin(port);
        var config = new ProducerConfig
        {
            BootstrapServers = $"127.0.0.1:{port}",
            EnableIdempotence = true,
            MessageTimeoutMs = 0,
            ReconnectBackoffMaxMs = 100,
            AllowAutoCreateTopics = false, // it goes on asking for topics that are deleted by now, and must not make them anew
        };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var name = $"churn-{i}";
            Progress = (i, "create", "");
            await RetryAsync(() => admin.CreateTopicsAsync([new() { Name = name, NumPartitions = 2, ReplicationFactor = 1 }], new() { RequestTimeout = TimeSpan.FromSeconds(5) }), ErrorCode.TopicAlreadyExists, stop);
            Progress = (i, "produce", "");
            await producer.ProduceAsync(name, new() { Value = name }, stop);
            string? oldest = null;
            lock (_gate)
            {
                _existing.Add(name);
                if (_existing.Count > TopicsKept)
                {
                    oldest = _existing[0];
                    _existing.RemoveAt(0);
                }
            }

            if (oldest is not null)
            {
                Progress = (i, "delete", "");
                await RetryAsync(() => admin.DeleteTopicsAsync([oldest], new() { RequestTimeout = TimeSpan.FromSeconds(5) }), ErrorCode.UnknownTopicOrPart, stop);
                lock (_gate)
                {
                    _deleted.Add(oldest);
                }
            }

            Progress = (i, "delete records", "");
            var target = trimTo();
            await RetryAsync(() => DeleteRecordsAsync(port, target), ErrorCode.NoError, stop);
            lock (_gate)
            {
                _trimmedTo = Math.Max(_trimmedTo, target);
            }
        }
    }

    public static IAdminClient BuildAdmin(int port) => new AdminClientBuilder(new AdminClientConfig
    {
        BootstrapServers = $"127.0.0.1:{port}",
        ReconnectBackoffMs = 20,
        ReconnectBackoffMaxMs = 100,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    /// <summary>By hand: the admin client was seen to go on failing this request for a minute after a restart, with "Broker transport failure".</summary>
    private async Task DeleteRecordsAsync(int port, long offset)
    {
        using var client = await RawClient.ConnectAsync(port);
        var topic = $"00000001 {trimmedTopic.Length:x4} {Convert.ToHexStringLower(Encoding.ASCII.GetBytes(trimmedTopic))} 00000001 00000000";
        var answer = await client.AskAsync($"0015 0000 00000007 0001 78 {topic} {offset:x16} 00001388");
        if (answer[^4..] is not "0000" and var error)
        {
            throw new IOException($"DeleteRecords was answered with error {error}."); // KAFKA_STORAGE_ERROR of a disk that is gone
        }
    }

    /// <summary>Repeats until it succeeds, or fails in a way that says that an earlier, unacknowledged try did.</summary>
    private async Task RetryAsync(Func<Task> request, ErrorCode done, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                await request();
                return;
            }
            catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code == done))
            {
                return;
            }
            catch (DeleteTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code == done))
            {
                return;
            }
            catch (Exception e) when (e is KafkaException or SocketException or IOException)
            {
                Progress = Progress with { Error = e.Message };
                await Task.Delay(20, stop);
            }
        }
    }
}
