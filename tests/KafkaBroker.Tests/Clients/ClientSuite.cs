using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>What every client must be able to do with the broker, whatever its language; one class per client inherits it.</summary>
public abstract class ClientSuite
{
    private const int Partitions = 4;
    private const string Group = "g";

    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    private protected abstract ClientCommand Client { get; }

    /// <summary>Whether a resend by its producer is told from a new record.</summary>
    private protected virtual bool IsIdempotent => true;

    /// <summary>Whether it may read a record twice when a rebalance comes, on any broker.</summary>
    private protected virtual bool ReadsAgainOverRebalances => false;

    /// <summary>Why the client cannot run here, or null.</summary>
    private protected abstract Task<string?> MissingAsync();

    /// <summary>Why the client lacks a codec here, or null.</summary>
    private protected virtual Task<string?> MissingCodecAsync(string codec) => Task.FromResult<string?>(null);

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task What_it_writes_in_a_codec_is_stored_in_it_and_read_alike_by_itself_and_another(string codec)
    {
        using var broker = await StartAsync();
        if (await MissingCodecAsync(codec) is { } missing)
        {
            Assert.Skip(missing);
        }

        await using var writer = ClientProgram.Start(Client, "write", broker.BootstrapServers, RestartableBroker.Topic, codec);
        await writer.WriteAsync(0, 400);
        await writer.EndAsync();
        var expected = Expected(writer.Acknowledged);
        Assert.Equal(Enumerable.Range(0, 400), writer.Acknowledged.Select(a => a.Number).Order());
        Assert.Equal(expected, await ReadAsync(broker, Client, 400));
        Assert.Equal(expected, await ReadAsync(broker, ClientCommand.Confluent, 400));
        Assert.Contains(Array.IndexOf(Codecs, codec), Enumerable.Range(0, Partitions).SelectMany(p => StoredCodecs(broker, p)));
    }

    [Fact]
    public async Task It_reads_what_another_wrote_in_every_codec()
    {
        using var broker = await StartAsync();
        List<Acknowledged> acknowledged = [];
        foreach (var codec in Codecs)
        {
            if (await MissingCodecAsync(codec) is not null)
            {
                continue;
            }

            await using var writer = ClientProgram.Start(ClientCommand.Confluent, "write", broker.BootstrapServers, RestartableBroker.Topic, codec);
            await writer.WriteAsync(acknowledged.Count, acknowledged.Count + 100);
            await writer.EndAsync();
            acknowledged.AddRange(writer.Acknowledged);
        }

        Assert.Equal(Expected(acknowledged), await ReadAsync(broker, Client, acknowledged.Count));
    }

    [Fact]
    public async Task Two_members_share_the_partitions_commit_and_leave_nothing_out_or_double()
    {
        using var broker = await StartAsync();
        await using var writer = ClientProgram.Start(ClientCommand.Confluent, "write", broker.BootstrapServers, RestartableBroker.Topic, "lz4");
        await using var first = Join(broker);
        await writer.WriteAsync(0, 200);
        await ClientProgram.UntilAsync("the first member reads all", [first, writer], () => Numbers(first) == 200);

        await using var second = Join(broker);
        await ClientProgram.UntilAsync("both own two partitions", [first, second], () => first.Assignment.Length == 2 && second.Assignment.Length == 2);
        Assert.Equal([0, 1, 2, 3], first.Assignment.Concat(second.Assignment).Order());
        await writer.WriteAsync(200, 400);
        await ClientProgram.UntilAsync("both read the rest", [first, second, writer], () => Numbers(first, second) == 400);
        Assert.All(second.Records, r => Assert.Contains(r.Partition, second.Assignment));

        await second.EndAsync();
        await first.UntilAsync("the first owns all again", () => first.Assignment.Length == Partitions);
        await writer.WriteAsync(400, 500);
        await ClientProgram.UntilAsync("the first reads the rest", [first, writer], () => Numbers(first, second) == 500);
        await broker.UntilCommittedAsync(Group, await broker.EndsAsync(Partitions));
        await first.EndAsync();

        await using var third = Join(broker);
        await third.UntilAsync("the third owns all", () => third.Assignment.Length == Partitions);
        await writer.WriteAsync(500, 510);
        await ClientProgram.UntilAsync("the third reads what is new", [third, writer], () => Numbers(third) == 10);
        await third.EndAsync();
        await writer.EndAsync();
        var read = first.Records.Concat(second.Records).Concat(third.Records);
        Assert.Equal(Expected(writer.Acknowledged), Sorted(ReadsAgainOverRebalances ? read.Distinct() : read));
    }

    [Fact]
    public async Task Kill_9_and_restart_of_the_broker_lose_and_double_nothing_for_its_writer_and_its_group()
    {
        using var broker = await StartAsync();
        await using var member = Join(broker);
        await using var writer = ClientProgram.Start(Client, "write", broker.BootstrapServers, RestartableBroker.Topic, "gzip");
        await writer.WriteAsync(0, 100);
        await ClientProgram.UntilAsync("the first records are read", [writer, member], () => writer.Acknowledged.Count == 100 && member.Records.Count == 100);

        // Once while records are on their way, once while nothing is.
        await writer.WriteAsync(100, 5000);
        await writer.UntilAsync("some of the many are acknowledged", () => writer.Acknowledged.Count > 300);
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await ClientProgram.UntilAsync("all are acknowledged and read", [writer, member], () => writer.Acknowledged.Count == 5000 && Numbers(member) == 5000);

        await broker.KillAsync();
        await writer.WriteAsync(5000, 5100);
        await broker.StartAgainAsync();
        await ClientProgram.UntilAsync("the last are acknowledged and read", [writer, member], () => writer.Acknowledged.Count == 5100 && Numbers(member) == 5100);
        await writer.EndAsync();
        var ends = await broker.EndsAsync(Partitions);

        // What it could not commit as a member that the new broker does not know, it reads again and commits as a new one.
        await broker.UntilCommittedAsync(Group, ends);
        await member.EndAsync();

        var stored = await ReadAsync(broker, ClientCommand.Confluent, (int)ends.Values.Sum());
        if (IsIdempotent)
        {
            Assert.Equal(Expected(writer.Acknowledged), stored);
        }
        else
        {
            Assert.Empty(Expected(writer.Acknowledged).Except(stored));
        }

        Assert.All(stored.GroupBy(r => r.Partition), p => Assert.Equal(p.DistinctBy(r => r.Number).OrderBy(r => r.Number), p.DistinctBy(r => r.Number)));
        Assert.Empty(stored.Except(member.Records));
    }

    private protected async Task<RestartableBroker> StartAsync()
    {
        if (await MissingAsync() is { } missing)
        {
            Assert.Skip(missing);
        }

        return await RestartableBroker.StartAsync(Partitions);
    }

    private protected ClientProgram Join(RestartableBroker broker, params string[] options) =>
        ClientProgram.Start(Client, ["join", broker.BootstrapServers, RestartableBroker.Topic, Group, .. options]);

    private static async Task<ReadRecord[]> ReadAsync(RestartableBroker broker, ClientCommand client, int count)
    {
        await using var reader = ClientProgram.Start(client, "read", broker.BootstrapServers, RestartableBroker.Topic, $"{count}");
        await reader.ExitAsync();

        // As they came, partition by partition.
        return [.. reader.Records.OrderBy(r => r.Partition)];
    }

    private static ReadRecord[] Expected(IEnumerable<Acknowledged> acknowledged) => Sorted(acknowledged.Select(ReadRecord.Expected));

    private static ReadRecord[] Sorted(IEnumerable<ReadRecord> records) => [.. records.OrderBy(r => r.Partition).ThenBy(r => r.Offset)];

    private static int Numbers(params ClientProgram[] members) => members.SelectMany(m => m.Records).DistinctBy(r => r.Number).Count();

    /// <summary>The codecs of a partition's batches, as their attributes say in the file.</summary>
    private static IEnumerable<int> StoredCodecs(RestartableBroker broker, int partition)
    {
        using var file = File.OpenHandle(broker.SegmentPath(partition), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (var batch in SegmentScanner.Scan(file, 0, RandomAccess.GetLength(file), mayHaveGaps: false))
        {
            yield return batch.Attributes & 0x07;
        }
    }
}
