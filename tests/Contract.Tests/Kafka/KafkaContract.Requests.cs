using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>
/// Single requests and their answers, in versions that are not flexible and that Kafka 4 still serves: Produce 8, Fetch 11,
/// ListOffsets 5, InitProducerId 1, OffsetForLeaderEpoch 3.
/// </summary>
public abstract partial class KafkaContract
{
    /// <summary>Kafka answers these for a moment after its start.</summary>
    private const short CoordinatorLoading = 14;
    private const short CoordinatorNotAvailable = 15;
    private const short NotCoordinator = 16;

    /// <summary>Of the records that are produced with a sequence; a resend is answered with it.</summary>
    private const long Time = 1_700_000_000_000;

    private sealed record Produced(short Error, long BaseOffset, long AppendTimeMs);

    private sealed record Fetched(short Error, long HighWatermark, long LogStartOffset, byte[] Records);

    private sealed record Found(short Error, long Timestamp, long Offset);

    private sealed record EpochEnd(short Error, int Epoch, long Offset);

    /// <summary>A connection on which requests are sent as they stand here.</summary>
    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(int.Parse(Servers.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture));

    private static byte[] OneRecord(string value = "v") => TestBatch.Create(("k", value));

    private static byte[] Sequenced(long producerId, short epoch, int sequence, int count = 1) =>
        TestBatch.Create(producerId, epoch, sequence, Time, [.. Enumerable.Range(0, count).Select(i => ((string?)"k", (string?)"v"))]);

    private async Task<Produced> ProduceAsync(RawClient client, byte[]? records, short acks = -1, int partition = 0, string? topic = null) =>
        ReadProduced(await client.AskAsync(ProduceRequest(records, acks, partition, topic)));

    private string ProduceRequest(byte[]? records, short acks, int partition = 0, string? topic = null) =>
        Wire.Header(0, 8) + Wire.Null16 + Wire.I16(acks) + Wire.I32(30_000)
            + Wire.Array(Wire.String(topic ?? _topic) + Wire.Array(Wire.I32(partition) + Wire.Bytes(records)));

    private static Produced ReadProduced(string hex)
    {
        var answer = new WireAnswer(hex);
        var produced = answer.Array(() =>
        {
            answer.String();
            return answer.Array(() =>
            {
                answer.I32();
                var result = new Produced(answer.I16(), answer.I64(), answer.I64());
                answer.I64(); // log start
                answer.Array(() => (answer.I32(), answer.String()));
                answer.String(); // message
                return result;
            });
        });
        answer.I32(); // throttle
        Assert.True(answer.AtEnd);
        return produced[0][0];
    }

    private async Task<Fetched> FetchAsync(
        RawClient client, long offset, int maxWaitMs = 0, int minBytes = 1, int maxBytes = 1 << 20, int partitionMaxBytes = 1 << 20, int partition = 0, int leaderEpoch = -1, string? topic = null) =>
        ReadFetched(await client.AskAsync(FetchRequest(maxWaitMs, minBytes, maxBytes, topic ?? _topic, (partition, offset, partitionMaxBytes, leaderEpoch))))[0];

    private static string FetchRequest(int maxWaitMs, int minBytes, int maxBytes, string topic, params (int Partition, long Offset, int MaxBytes, int LeaderEpoch)[] partitions) =>
        Wire.Header(1, 11) + Wire.I32(-1) + Wire.I32(maxWaitMs) + Wire.I32(minBytes) + Wire.I32(maxBytes) + Wire.I8(0) + Wire.I32(0) + Wire.I32(-1)
            + Wire.Array(Wire.String(topic) + Wire.Array([.. partitions.Select(p => Wire.I32(p.Partition) + Wire.I32(p.LeaderEpoch) + Wire.I64(p.Offset) + Wire.I64(-1) + Wire.I32(p.MaxBytes))]))
            + Wire.Array() + Wire.String("");

    private static Fetched[] ReadFetched(string hex)
    {
        var answer = new WireAnswer(hex);
        answer.I32(); // throttle
        Assert.Equal((0, 0), (answer.I16(), answer.I32()));
        var fetched = answer.Array(() =>
        {
            answer.String();
            return answer.Array(() =>
            {
                var partition = answer.I32();
                var (error, highWatermark, _, start) = (answer.I16(), answer.I64(), answer.I64(), answer.I64());
                answer.Array(() => (answer.I64(), answer.I64())); // aborted transactions
                answer.I32(); // preferred replica
                return (partition, new Fetched(error, highWatermark, start, answer.Bytes()));
            });
        });
        Assert.True(answer.AtEnd);

        // Kafka answers the partitions that have nothing, or an error, in an order of its own.
        return [.. fetched.SelectMany(t => t).OrderBy(p => p.partition).Select(p => p.Item2)];
    }

    private async Task<Found> ListOffsetAsync(RawClient client, long timestamp, int leaderEpoch = -1, int partition = 0) =>
        (await ListOffsetsAsync(client, leaderEpoch, (partition, timestamp)))[0].Found;

    private async Task<(int Partition, Found Found)[]> ListOffsetsAsync(RawClient client, int leaderEpoch, params (int Partition, long Timestamp)[] wanted)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(2, 5) + Wire.I32(-1) + Wire.I8(0)
            + Wire.Array(Wire.String(_topic) + Wire.Array([.. wanted.Select(w => Wire.I32(w.Partition) + Wire.I32(leaderEpoch) + Wire.I64(w.Timestamp))]))));
        answer.I32(); // throttle
        return [.. answer.Array(() => (answer.String(), answer.Array(() => (Partition: answer.I32(), Found: new Found(answer.I16(), answer.I64(), answer.I64()), answer.I32()))))
            .SelectMany(t => t.Item2).Select(p => (p.Partition, p.Found))];
    }

    private async Task<EpochEnd> EndOfEpochAsync(RawClient client, int epoch, int currentEpoch = -1, int partition = 0)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(23, 3) + Wire.I32(-1)
            + Wire.Array(Wire.String(_topic) + Wire.Array(Wire.I32(partition) + Wire.I32(currentEpoch) + Wire.I32(epoch)))));
        answer.I32(); // throttle
        var end = answer.Array(() => (answer.String(), answer.Array(() => (Error: answer.I16(), answer.I32(), Epoch: answer.I32(), End: answer.I64()))))[0].Item2[0];
        return new EpochEnd(end.Error, end.Epoch, end.End);
    }

    private static async Task<long> InitProducerIdAsync(RawClient client)
    {
        long id = -1;
        await Eventually.TrueAsync("a producer id", async () =>
        {
            var answer = new WireAnswer(await client.AskAsync(Wire.Header(22, 1) + Wire.Null16 + Wire.I32(60_000)));
            answer.I32(); // throttle
            (var error, id, var epoch) = (answer.I16(), answer.I64(), answer.I16());
            Assert.True(error is 0 or CoordinatorLoading or CoordinatorNotAvailable, $"error {error}");
            return error == 0 && epoch == 0;
        });
        return id;
    }
}
