using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>
/// A broker that crashes again and again, at random points of its life, while producers, a consumer group and an administrator are
/// at work and segments roll, expire and are compacted: what was acknowledged is there, once, in order.
/// </summary>
/// <param name="data">The broker's data folder.</param>
/// <param name="crash">Ends the broker's process, whatever else it does to it or its disk; the next one is started after that.</param>
internal sealed class CrashRun(string data, string fsync, int crashes, Random random, Func<BrokerProcess, Task> crash)
{
    private const int Partitions = 3;
    private const int CompactedPartitions = 2;

    /// <summary>More than a producer has in flight: what it sends again after a crash does not supersede all that was acknowledged.</summary>
    private const int Keys = 1_000;

    public async Task RunAsync()
    {
        var port = FreePorts.Take();
        NumberProducer[] plain = [new("a", "plain", Partitions), new("b", "plain", Partitions)];
        var trimmed = new NumberProducer("c", "trimmed", 1);
        var compacted = new NumberProducer("d", "compacted", CompactedPartitions, Keys, padding: 2_000);
        NumberProducer[] producers = [.. plain, trimmed, compacted];
        var committer = new GroupCommitter("group", "plain", Partitions);
        var churn = new TopicChurn("trimmed");
        var broker = await StartAsync(port);
        using var stop = new CancellationTokenSource();
        try
        {
            await CreateTopicsAsync(port);
            var working = producers.ToDictionary(p => $"producer {p.Name}", p => Task.Run(() => p.RunAsync(port, stop.Token)));
            working["committer"] = Task.Run(() => committer.Run(port, stop.Token));
            working["administrator"] = Task.Run(() => churn.RunAsync(port, () => trimmed.Acknowledged()[0] is { Length: > 1_000 } offsets ? offsets[^1_000] : 0, stop.Token));
            for (var count = 1; count <= crashes; count++)
            {
                await UntilProgressAsync(producers, committer, churn, working);
                var expected = new Expected(plain, trimmed, compacted, committer, churn);
                await crash(broker);
                broker.Dispose();
                if (random.Next(4) == 0)
                {
                    await BrokerProcess.StartAndKillAsync(TimeSpan.FromMilliseconds(random.Next(1, 400)), port, data, fsync);
                }

                broker = await StartAsync(port);

                // Compaction goes on while this reads: what it drops must not be newer than what this reads.
                await compacted.PauseAsync();
                expected.Check(port, complete: count % 10 == 0);
                compacted.Resume();
            }

            await UntilProgressAsync(producers, committer, churn, working);
            await stop.CancelAsync();
            foreach (var (name, work) in working)
            {
                await EndAsync(name, work, () => churn.Progress);
            }

            new Expected(plain, trimmed, compacted, committer, churn).Check(port, complete: true);
            Assert.True(committer.Commits > crashes);
            Assert.Equal(0, await broker.TerminateAsync());
            Assert.Empty(await broker.ErrorsAsync());
            Assert.Empty(Directory.GetFileSystemEntries(data, "*.stray", SearchOption.AllDirectories));
            Assert.Empty(Directory.GetFileSystemEntries(data, "*.cut", SearchOption.AllDirectories));
            TestContext.Current.SendDiagnosticMessage($"{fsync}: {crashes} crashes, {producers.Sum(p => p.AcknowledgedCount)} records, {committer.Commits} commits");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            broker.Dispose();
            throw new InvalidOperationException($"STOCKASPIRE_SEED={TestRun.Seed}, fsync {fsync}: {e.Message}\nThe broker's last words:\n{string.Join('\n', (await broker.OutputAsync()).Split('\n').TakeLast(20))}", e);
        }
        finally
        {
            await stop.CancelAsync();
            broker.Dispose();
        }
    }

    /// <summary>Lets the work go on to a random point after each of the parts has got on since the last crash.</summary>
    private async Task UntilProgressAsync(NumberProducer[] producers, GroupCommitter committer, TopicChurn churn, Dictionary<string, Task> working)
    {
        int[] wanted = [.. producers.Select(p => p.AcknowledgedCount + random.Next(1, 400))];
        var (commits, rounds) = (committer.Commits, churn.Progress.Rounds);
        var start = Stopwatch.GetTimestamp();
        while (producers.Zip(wanted).Any(p => p.First.AcknowledgedCount < p.Second) || committer.Commits == commits || churn.Progress.Rounds == rounds)
        {
            await Task.WhenAll(working.Values.Where(w => w.IsFaulted));

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(3), "No progress: " + string.Join(", ", producers.Select(p => p.AcknowledgedCount)) + $"; {committer.Commits} commits, {committer.LastError}; administrator: {churn.Progress}");
            await Task.Delay(random.Next(1, 10), CancellationToken.None);
        }
    }

    private static async Task EndAsync(string name, Task working, Func<object> step)
    {
        try
        {
            await working.WaitAsync(TimeSpan.FromSeconds(120));
        }
        catch (OperationCanceledException)
        {
            // It was told to stop in the middle of a request.
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The {name} does not end ({step()}).");
        }
    }

    private Task<BrokerProcess> StartAsync(int port) =>
        BrokerProcess.StartAsync(port, data, fsync, "--maintenance-interval", "0.05");

    private static async Task CreateTopicsAsync(int port)
    {
        using var admin = TopicChurn.BuildAdmin(port);
        await admin.CreateTopicsAsync([
            new() { Name = "plain", NumPartitions = Partitions, Configs = new() { ["segment.bytes"] = "32768" } },
            new() { Name = "trimmed", NumPartitions = 1, Configs = new() { ["segment.bytes"] = "16384", ["retention.bytes"] = "400000" } },
            new() { Name = "compacted", NumPartitions = CompactedPartitions, Configs = new() { ["segment.bytes"] = "65536", ["cleanup.policy"] = "compact", ["min.cleanable.dirty.ratio"] = "0.01" } },
        ]);
    }

    /// <summary>What was acknowledged at one moment, hence must be there at any later one.</summary>
    private sealed class Expected(NumberProducer[] plain, NumberProducer trimmed, NumberProducer compacted, GroupCommitter committer, TopicChurn churn)
    {
        private readonly (string Name, long[][] Offsets)[] _plain = [.. plain.Select(p => (p.Name, p.Acknowledged()))];
        private readonly long[][] _trimmed = trimmed.Acknowledged();
        private readonly long[][] _compacted = compacted.Acknowledged();
        private readonly long[] _committed = committer.Acknowledged();
        private readonly (string[] Existing, string[] Deleted, long TrimmedTo) _churn = churn.Acknowledged();

        public void Check(int port, bool complete)
        {
            using var reader = new LogReader(port);
            for (var partition = 0; partition < Partitions; partition++)
            {
                var high = reader.Watermarks(plain[0].Topic, partition).High.Value;
                Assert.True(_plain.All(p => p.Offsets[partition].LastOrDefault(-1) < high), $"plain-{partition} ends at {high}, before an acknowledged record");
                if (complete)
                {
                    reader.CheckComplete(partition, _plain.ToDictionary(p => p.Name, p => p.Offsets[partition]), plain[0].Topic);
                }
            }

            Assert.True(reader.Watermarks(trimmed.Topic, 0).Low.Value >= _churn.TrimmedTo);
            reader.CheckComplete(0, new Dictionary<string, long[]> { [trimmed.Name] = _trimmed[0] }, trimmed.Topic);
            for (var partition = 0; partition < CompactedPartitions; partition++)
            {
                reader.CheckCompacted(partition, _compacted[partition], compacted.Topic, Keys);
            }

            Assert.All(committer.Committed(port).Zip(_committed), c => Assert.True(c.First >= c.Second, $"committed {c.First} after {c.Second} was acknowledged"));
            using var admin = TopicChurn.BuildAdmin(port);
            var topics = admin.GetMetadata(TimeSpan.FromSeconds(60)).Topics.Select(t => t.Topic).ToHashSet();

            // The administrator has gone on meanwhile.
            Assert.All(_churn.Existing.Intersect(churn.Acknowledged().Existing), name => Assert.Contains(name, topics));
            Assert.DoesNotContain(_churn.Deleted, topics.Contains);
        }
    }
}
