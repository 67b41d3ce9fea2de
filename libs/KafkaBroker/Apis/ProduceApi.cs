using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// Produce (0), versions 0-10, flexible from 9.
// Behaviour: exactly one record batch v2 per partition, validated, stored as it came (any codec) and acknowledged when it is as
// durable as the fsync mode says; acks=0 gets no answer; idempotent producers as ProducerStates describes. Versions 0-2 carry
// message formats that are not stored: each partition is answered with error 35. They are advertised since librdkafka 2.0 gives
// up lz4 and gzip without them (KAFKA-18659).
// Left out: transactions (a transactional id or batch is answered with error 48); the leader and node tags of version 10.
internal sealed class ProduceApi(TopicCatalog topics, BrokerMetrics metrics) : KafkaApi(ApiKey.Produce, 0, 10, 9)
{
    private const short AcksAll = -1;

    private readonly record struct Data(int Partition, Memory<byte>? Records);

    private readonly record struct TopicData(string Name, Data[] Partitions);

    public override async ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        var (acks, isTransactional, data) = Read(request);
        var results = new AppendResult[data.Sum(t => t.Partitions.Length)];
        var logs = new PartitionLog?[results.Length];
        var i = 0;
        foreach (var topic in data)
        {
            var known = topics.Find(topic.Name);
            foreach (var partition in topic.Partitions)
            {
                logs[i] = known?.FindPartition(partition.Partition);
                results[i] = isTransactional
                    ? AppendResult.Failed(ErrorCode.InvalidTxnState, "This broker has no transactions.")
                    : Append(request.Version, acks, logs[i], partition);
                i++;
            }
        }

        if (acks == 0)
        {
            request.Unanswered = true;
            if (Array.Find(results, r => r.Error != ErrorCode.None) is { Error: not ErrorCode.None } failed)
            {
                // There is no answer to carry the error: as in Kafka, the end of the connection tells the client to look again.
                throw MalformedRequestException.UnansweredFailure(failed.Message ?? "");
            }

            return;
        }

        for (i = 0; i < results.Length; i++)
        {
            if (results[i].Error == ErrorCode.None)
            {
                results[i] = await FlushedAsync(logs[i]!, results[i]).ConfigureAwait(false);
            }
        }

        Write(request.Version, response, data, results);
    }

    private static (short Acks, bool IsTransactional, TopicData[] Topics) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var transactionalId = request.Version >= 3 ? reader.ReadNullableString() : null;
        var acks = reader.ReadInt16();
        _ = reader.ReadInt32(); // timeout: there are no replicas to wait for
        var data = new TopicData[reader.ReadArrayLength()];
        for (var t = 0; t < data.Length; t++)
        {
            var name = reader.ReadString();
            var partitions = new Data[reader.ReadArrayLength()];
            for (var p = 0; p < partitions.Length; p++)
            {
                partitions[p] = new Data(reader.ReadInt32(), reader.ReadNullableBytes());
                reader.SkipTags();
            }

            data[t] = new TopicData(name, partitions);
            reader.SkipTags();
        }

        return (acks, transactionalId is not null, data);
    }

    private AppendResult Append(short version, short acks, PartitionLog? log, Data data)
    {
        if (version < 3)
        {
            return AppendResult.Failed(ErrorCode.UnsupportedVersion, "Message formats 0 and 1 are not stored here.");
        }

        if (acks is not (0 or 1 or AcksAll))
        {
            return AppendResult.Failed(ErrorCode.InvalidRequiredAcks, $"acks is {acks}; 0, 1 and -1 are allowed.");
        }

        if (log is null)
        {
            return AppendResult.Failed(ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
        }

        if (acks == AcksAll && log.Config.InSyncReplicasMin > 1)
        {
            return AppendResult.Failed(ErrorCode.NotEnoughReplicas, $"min.insync.replicas is {log.Config.InSyncReplicasMin}; there is 1.");
        }

        var records = (data.Records ?? Memory<byte>.Empty).Span;
        var (error, message) = BatchValidator.Validate(records, log.Config, out var header);
        if (error != ErrorCode.None)
        {
            return AppendResult.Failed(error, message!);
        }

        var result = log.Append(records[..(int)header.TotalSize], header);
        if (result.Error == ErrorCode.None)
        {
            metrics.Received(header.RecordCount, (int)header.TotalSize);
        }

        return result;
    }

    private static async ValueTask<AppendResult> FlushedAsync(PartitionLog log, AppendResult result)
    {
        try
        {
            await log.WaitForFlushAsync(result).ConfigureAwait(false);
            return result;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The log has reported it; the client hears that its batch is not safe, and sends it again.
            return AppendResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
    }

    private static void Write(short version, ResponseWriter response, TopicData[] data, AppendResult[] results)
    {
        var i = 0;
        response.WriteArrayLength(data.Length);
        foreach (var topic in data)
        {
            response.WriteString(topic.Name);
            response.WriteArrayLength(topic.Partitions.Length);
            foreach (var partition in topic.Partitions)
            {
                WritePartition(version, response, partition.Partition, results[i++]);
            }

            response.WriteTags();
        }

        if (version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteTags();
    }

    private static void WritePartition(short version, ResponseWriter response, int partition, in AppendResult result)
    {
        response.WriteInt32(partition);
        response.WriteError(result.Error);
        response.WriteInt64(result.BaseOffset);
        if (version >= 2)
        {
            response.WriteInt64(result.AppendTimeMs);
        }

        if (version >= 5)
        {
            response.WriteInt64(result.LogStartOffset);
        }

        if (version >= 8)
        {
            response.WriteArrayLength(0); // errors by record: a batch is taken or refused whole
            response.WriteMessage(result.Message);
        }

        response.WriteTags();
    }
}
