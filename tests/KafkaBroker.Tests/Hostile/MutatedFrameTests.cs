using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>Millions of frames that are nearly real: nothing fails, nothing hangs, nothing grows, nobody else notices.</summary>
[Collection(nameof(HostileCollection))]
public sealed class MutatedFrameTests
{
    private static readonly int FrameCount = TestRun.IsLong ? 10_000_000 : 1_000_000;
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Corpus_has_every_api_and_its_frames_are_answered()
    {
        await using var broker = await HostileBroker.StartAsync();
        await using var dispatcher = new FrameDispatcher(broker.Server.Apis);
        foreach (var frame in HostileCorpus.All)
        {
            await dispatcher.ServeAsync([.. frame.Bytes]);
        }

        Assert.Empty(broker.Server.Apis.All.Select(a => (short)a.Key).Except(HostileCorpus.All.Select(f => (short)((f.Bytes[0] << 8) | f.Bytes[1]))));
        Assert.True(HostileCorpus.All.Count(f => f.BatchStart >= 0) > 10);
        Assert.True(dispatcher.Answered > HostileCorpus.All.Length * 9 / 10, $"{dispatcher.Answered} of {HostileCorpus.All.Length} frames were answered.");
    }

    [Fact]
    public async Task Mutated_frames_cause_no_failure_no_hang_and_no_growth()
    {
        var seed = TestRun.Seed;
        await using var broker = await HostileBroker.StartAsync();
        var start = Stopwatch.GetTimestamp();
        Attacker[] attackers = [.. Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount)).Select(i => new Attacker(seed, i))];
        await RunAsync(broker, attackers, FrameCount / 20);
        broker.MeasureMemory();
        await RunAsync(broker, attackers, FrameCount - (FrameCount / 20));
        foreach (var attacker in attackers)
        {
            await attacker.EndAsync();
        }

        var measured = await broker.CheckAsync();
        TestContext.Current.SendDiagnosticMessage(
            $"STOCKASPIRE_SEED={seed}: {FrameCount} frames in {Stopwatch.GetElapsedTime(start).TotalSeconds:f0} s, {attackers.Sum(a => a.Answered)} answered, {attackers.Sum(a => a.Refused)} refused, "
            + $"longest {attackers.Max(a => a.Longest).TotalMilliseconds:f0} ms; {measured}");
    }

    private static async Task RunAsync(HostileBroker broker, Attacker[] attackers, int count)
    {
        Task[] running = [.. attackers.Select(a => Task.Run(() => a.RunAsync(broker.Server, count / attackers.Length)))];
        var all = Task.WhenAll(running);
        while (await Task.WhenAny(all, Task.Delay(TimeSpan.FromMilliseconds(200))) != all)
        {
            broker.Watch();
            Array.ForEach(attackers, a => a.CheckProgress());
        }

        await all;
    }

    private sealed class Attacker(int seed, int number)
    {
        private readonly FrameMutator _mutator = new(unchecked((seed * 31) + number));
        private FrameDispatcher? _dispatcher;
        private (int Index, byte[] Frame, long Start) _current = (0, [], Stopwatch.GetTimestamp());

        public long Answered => _dispatcher!.Answered;

        public long Refused => _dispatcher!.Refused;

        public TimeSpan Longest => _dispatcher!.Longest;

        public async Task RunAsync(KafkaBrokerServer server, int count)
        {
            _dispatcher ??= new FrameDispatcher(server.Apis);
            for (var i = 0; i < count; i++)
            {
                var frame = _mutator.Next();
                _current = (_current.Index + 1, frame, Stopwatch.GetTimestamp());
                try
                {
                    await _dispatcher.ServeAsync([.. frame]);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException(Describe(e.GetType().Name + ": " + e.Message), e);
                }
            }
        }

        public ValueTask EndAsync() => _dispatcher!.DisposeAsync();

        public void CheckProgress() =>
            Assert.True(Stopwatch.GetElapsedTime(_current.Start) < HangLimit, Describe("hangs"));

        private string Describe(string what) => $"STOCKASPIRE_SEED={seed}, attacker {number}, frame {_current.Index}: {what}\n{Convert.ToHexString(_current.Frame)}";
    }
}
