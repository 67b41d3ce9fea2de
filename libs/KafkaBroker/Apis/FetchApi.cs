using System.Diagnostics;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// Fetch (1), versions 4-16, flexible from 12, by topic id from 13.
// Behaviour: whole batches as they are stored, from the one that holds the offset, at least one if there is any. Where less than
// MinBytes is there, the answer waits for appends, at most MaxWait. Every reader sees committed data only, so both isolation
// levels read the same. A large answer waits its turn for memory, and goes out without records where that takes too long: the
// client then asks again, as after any fetch that found nothing.
// Left out: fetch sessions (KIP-227): every answer says session 0, and clients go on with full requests, a session asked for by
// number is not found (error 70); followers and diverging epochs (no replication); aborted transactions (there are none).
internal sealed class FetchApi(TopicCatalog topics, KafkaBrokerOptions options, BrokerMetrics metrics) : KafkaApi(ApiKey.Fetch, 4, 16, 12)
{
    /// <summary>No client waits longer; what asks for more is answered empty after this time.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    /// <summary>How long a large answer waits for memory; well below every client's request timeout.</summary>
    private static readonly TimeSpan MemoryWaitMax = TimeSpan.FromSeconds(5);

    private sealed record Partition(int Index, int LeaderEpoch, long Offset, int SizeMax)
    {
        public PartitionLog? Log { get; set; }

        public ErrorCode Error { get; set; }

        public ReadPlan Plan { get; set; }
    }

    private sealed record TopicWanted(string Name, Guid Id, Partition[] Partitions);

    private sealed record Wanted(int MaxWaitMs, int MinBytes, int MaxBytes, int SessionId, int SessionEpoch, TopicWanted[] Topics);

    public override async ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        var wanted = Read(request);
        var error = wanted.SessionId != 0 && wanted.SessionEpoch > 0 ? ErrorCode.FetchSessionIdNotFound : ErrorCode.None;
        if (error == ErrorCode.None)
        {
            Resolve(request.Version, wanted);
            await WaitForDataAsync(wanted, cancellationToken).ConfigureAwait(false);
            if (!await response.TryReserveAsync(Measure(wanted), MemoryWaitMax, cancellationToken).ConfigureAwait(false))
            {
                LeaveOutRecords(wanted);
            }
        }

        Write(request.Version, response, wanted, error);
    }

    private static Wanted Read(KafkaRequest request)
    {
        var reader = request.Read();
        var version = request.Version;
        if (version <= 14)
        {
            _ = reader.ReadInt32(); // replica id; tagged from version 15
        }

        var (maxWaitMs, minBytes, maxBytes) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        _ = reader.ReadInt8(); // isolation level
        var (sessionId, sessionEpoch) = version >= 7 ? (reader.ReadInt32(), reader.ReadInt32()) : (0, -1);
        var wanted = new TopicWanted[reader.ReadArrayLength()];
        for (var t = 0; t < wanted.Length; t++)
        {
            var (name, id) = version <= 12 ? (reader.ReadString(), Guid.Empty) : ("", reader.ReadUuid());
            var partitions = new Partition[reader.ReadArrayLength()];
            for (var p = 0; p < partitions.Length; p++)
            {
                partitions[p] = ReadPartition(ref reader, version);
            }

            wanted[t] = new TopicWanted(name, id, partitions);
            reader.SkipTags();
        }

        return new Wanted(maxWaitMs, minBytes, maxBytes, sessionId, sessionEpoch, wanted);
    }

    private static Partition ReadPartition(ref RequestReader reader, short version)
    {
        var index = reader.ReadInt32();
        var leaderEpoch = version >= 9 ? reader.ReadInt32() : -1;
        var offset = reader.ReadInt64();
        if (version >= 12)
        {
            _ = reader.ReadInt32(); // last fetched epoch
        }

        if (version >= 5)
        {
            _ = reader.ReadInt64(); // the follower's log start
        }

        var partition = new Partition(index, leaderEpoch, offset, Math.Max(0, reader.ReadInt32()));
        reader.SkipTags();
        return partition;
    }

    private void Resolve(short version, Wanted wanted)
    {
        foreach (var topic in wanted.Topics)
        {
            var known = version <= 12 ? topics.Find(topic.Name) : topics.Find(topic.Id);
            foreach (var partition in topic.Partitions)
            {
                partition.Log = known?.FindPartition(partition.Index);
                partition.Error = known is null && version >= 13 ? ErrorCode.UnknownTopicId
                    : partition.Log is null ? ErrorCode.UnknownTopicOrPartition
                    : partition.LeaderEpoch > BrokerNode.LeaderEpoch ? ErrorCode.UnknownLeaderEpoch
                    : ErrorCode.None;
            }
        }
    }

    private async ValueTask WaitForDataAsync(Wanted wanted, CancellationToken cancellationToken)
    {
        var mustNotWait = PlanReads(wanted, out var size);
        if (mustNotWait || size >= wanted.MinBytes || wanted.MaxWaitMs <= 0)
        {
            return;
        }

        using var signal = new AppendSignal();
        var logs = wanted.Topics.SelectMany(t => t.Partitions).Where(p => p.Log is not null).Select(p => p.Log!).ToArray();
        Array.ForEach(logs, l => l.Subscribe(signal));
        try
        {
            var start = Stopwatch.GetTimestamp();
            var wait = TimeSpan.FromMilliseconds(wanted.MaxWaitMs);
            wait = wait < WaitMax ? wait : WaitMax;
            while (!PlanReads(wanted, out size) && size < wanted.MinBytes)
            {
                var left = wait - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !await signal.WaitAsync(left, cancellationToken).ConfigureAwait(false))
                {
                    _ = PlanReads(wanted, out _);
                    return;
                }
            }
        }
        finally
        {
            Array.ForEach(logs, l => l.Unsubscribe(signal));
        }
    }

    /// <summary>Plans all reads within the limits of the request; true if a partition has an error, which must not wait.</summary>
    private bool PlanReads(Wanted wanted, out long size)
    {
        size = 0;
        var failed = false;
        long left = Math.Min(Math.Max(0, wanted.MaxBytes), options.MaxFetchSize);
        foreach (var partition in wanted.Topics.SelectMany(t => t.Partitions))
        {
            if (partition.Log is { } log && (partition.Error is ErrorCode.None or ErrorCode.OffsetOutOfRange))
            {
                partition.Plan = log.PlanRead(partition.Offset, (int)Math.Min(partition.SizeMax, left), atLeastOne: size == 0);
                partition.Error = partition.Plan.Error;
                size += partition.Plan.Size;
                left = Math.Max(0, left - partition.Plan.Size);
            }

            failed |= partition.Error != ErrorCode.None;
        }

        return failed;
    }

    /// <summary>Size of the answer, or a little more.</summary>
    private static long Measure(Wanted wanted)
    {
        const int fixedSize = 64; // of the answer, of a topic and of a partition, each
        var size = (long)fixedSize;
        foreach (var topic in wanted.Topics)
        {
            size += fixedSize + topic.Name.Length; // names of topics are ASCII, or not known and small
            foreach (var partition in topic.Partitions)
            {
                size += fixedSize + partition.Plan.Size;
            }
        }

        return size;
    }

    private static void LeaveOutRecords(Wanted wanted)
    {
        foreach (var partition in wanted.Topics.SelectMany(t => t.Partitions))
        {
            partition.Plan = partition.Plan with { Size = 0 };
        }
    }

    private void Write(short version, ResponseWriter response, Wanted wanted, ErrorCode error)
    {
        response.WriteInt32(BrokerNode.NoThrottle);
        if (version >= 7)
        {
            response.WriteError(error);
            response.WriteInt32(0); // no session
        }

        var answered = error == ErrorCode.None ? wanted.Topics : [];
        response.WriteArrayLength(answered.Length);
        foreach (var topic in answered)
        {
            if (version <= 12)
            {
                response.WriteString(topic.Name);
            }
            else
            {
                response.WriteUuid(topic.Id);
            }

            response.WriteArrayLength(topic.Partitions.Length);
            foreach (var partition in topic.Partitions)
            {
                WritePartition(version, response, partition);
            }

            response.WriteTags();
        }

        response.WriteTags();
    }

    private void WritePartition(short version, ResponseWriter response, Partition partition)
    {
        var start = response.Position;
        WritePartitionHead(version, response, partition);
        if (!TryWriteRecords(response, partition))
        {
            response.Rewind(start);
            partition.Error = ErrorCode.KafkaStorageError;
            WritePartitionHead(version, response, partition);
            response.WriteBytes([]);
        }

        response.WriteTags();
    }

    private static void WritePartitionHead(short version, ResponseWriter response, Partition partition)
    {
        var known = partition.Error == ErrorCode.None;
        response.WriteInt32(partition.Index);
        response.WriteError(partition.Error);
        response.WriteInt64(known ? partition.Plan.HighWatermark : -1);
        response.WriteInt64(known ? partition.Plan.HighWatermark : -1); // last stable offset
        if (version >= 5)
        {
            response.WriteInt64(known ? partition.Plan.LogStartOffset : -1);
        }

        response.WriteArrayLength(-1); // aborted transactions
        if (version >= 11)
        {
            response.WriteInt32(-1); // preferred read replica
        }

    }

    /// <summary>Reads straight into the answer, behind room for the field's length, which is known only afterwards; false where the disk fails.</summary>
    private bool TryWriteRecords(ResponseWriter response, Partition partition)
    {
        var plan = partition.Plan;
        if (partition.Error != ErrorCode.None || plan.Segment is null || plan.Size == 0)
        {
            response.WriteBytes([]);
            return true;
        }

        var room = response.MeasureBytesSize(plan.Size);
        var field = response.Reserve(room + plan.Size);
        int size, records;
        try
        {
            (size, records) = PartitionLog.Fill(field[room..], plan);
        }
        catch (ObjectDisposedException)
        {
            // Retention or compaction removed the segment since it was planned: the client asks again and finds what is there now.
            (size, records) = (0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            partition.Log!.ReadFailed(e);
            return false;
        }

        var needed = response.MeasureBytesSize(size);
        if (needed != room)
        {
            field.Slice(room, size).CopyTo(field[needed..]);
        }

        response.WriteBytesSize(size);
        response.Advance(size);
        metrics.Sent(records, size);
        return true;
    }
}
