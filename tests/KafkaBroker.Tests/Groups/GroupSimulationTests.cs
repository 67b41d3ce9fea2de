using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>
/// Clients that lose answers, die, come back, leave and stop half way, and a broker that is killed and sometimes finds the end of its
/// file gone, on a clock of the test's own. Whatever happened, those that are alive in the end agree on one generation, each with its
/// own assignment. A failure prints its seed.
/// </summary>
public sealed class GroupSimulationTests : IDisposable
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(30);

    private readonly TickingTimeProvider _time = new();
    private readonly TemporaryDirectory _directory = new();
    private GroupStore _store = null!;
    private Group _group = null!;

    private string FilePath => Path.Combine(_directory.Path, "group-offsets");

    public void Dispose()
    {
        Close();
        _directory.Dispose();
    }

    [Fact]
    public async Task Group_comes_to_rest_whatever_its_members_did()
    {
        var first = TestRun.Seed;
        var rested = 0;
        for (var seed = first; seed != first + 300; seed++)
        {
            rested += await RunAsync(new Random(seed), $"STOCKASPIRE_SEED={seed}");
        }

        Assert.True(rested > 300, $"only {rested} members came to rest in 300 runs");
    }

    /// <summary>One life of a group; returns how many members it had in the end.</summary>
    private async Task<int> RunAsync(Random random, string seed)
    {
        File.Delete(FilePath);
        Open();
        var clients = Enumerable.Range(0, random.Next(1, 6)).Select(i => new Client(() => _group, _time, random.Next(3) == 0 ? $"static-{i}" : null, random.Next(2) == 0)).ToArray();
        for (var step = 0; step < 400; step++)
        {
            _time.LetNextTimersBeEarlyBy(random.Next(20) * TickingTimeProvider.Step);
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 1000)));
            if (random.Next(60) == 0)
            {
                Restart(random, seed);
                Array.ForEach(clients, c => c.LoseAnswer());
            }

            var client = clients[random.Next(clients.Length)];
            switch (random.Next(20))
            {
                case 0:
                    client.LoseAnswer();
                    break;
                case 1:
                    client.Restart();
                    break;
                case 2:
                    client.Leave();
                    break;
                case 3:
                    client.IsStuck = !client.IsStuck;
                    break;
                default:
                    await client.GoOnAsync();
                    break;
            }
        }

        // From here on nothing goes wrong. Ghosts may hold the others up for a session, and a rebalance, each in turn.
        var calm = TimeSpan.Zero;
        for (; calm < (Session + Rebalance) * (clients.Length + 1); calm += Session / 10)
        {
            foreach (var client in clients)
            {
                client.IsStuck = false;
                await client.GoOnAsync();
            }

            _time.Advance(Session / 10);
        }

        Assert.All(clients, c => Assert.True(c.IsAssigned, $"{seed}: {c} is not assigned in {_group.Describe()}"));
        Assert.True(clients.Select(c => c.Generation).Distinct().Count() == 1, $"{seed}: generations {string.Join(", ", clients.Select(c => c.Generation))}");
        Assert.All(clients, c => Assert.True(c.HasOwnAssignment, $"{seed}: {c} has another's assignment"));
        Assert.True(_group.Describe() is { State: "Stable" } d && d.Members.Count == clients.Length, $"{seed}: {_group.Describe()}");
        Close();
        return clients.Length;
    }

    /// <summary>kill -9, which loses nothing, or a loss of power, which loses what was written last.</summary>
    private void Restart(Random random, string seed)
    {
        var before = Text(_group.Describe());
        Close();
        if (random.Next(2) == 0)
        {
            Open();
            Assert.True(before == Text(_group.Describe()) || !before.StartsWith("Stable", StringComparison.Ordinal), $"{seed}: {before} became {Text(_group.Describe())}");
            return;
        }

        using (var file = File.OpenHandle(FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, Math.Max(0, RandomAccess.GetLength(file) - random.Next(1000)));
        }

        Open();
    }

    private void Open()
    {
        _store = new GroupStore(_directory.Path, FsyncMode.None, NullLogger.Instance);
        _group = new Group("g", _store, new KafkaBrokerOptions { DataDirectory = "unused" }, _time, NullLogger.Instance);
    }

    private void Close()
    {
        _group.Dispose();
        _store.Dispose();
    }

    private static string Text(GroupDescription group) =>
        $"{group.State} {group.Protocol}: {string.Join("; ", group.Members.Select(m => $"{m.Id} {m.InstanceId} {Convert.ToHexString(m.Metadata)} {Convert.ToHexString(m.Assignment)}"))}";

    /// <summary>A consumer as clients write them: joins, syncs, beats, and starts over as the errors tell it.</summary>
    private sealed class Client(Func<Group> group, TimeProvider time, string? instanceId, bool mustKnowItsId)
    {
        private string _memberId = "";
        private Task<JoinResult>? _joining;
        private Task<SyncResult>? _syncing;
        private byte[] _assignment = [];
        private TimeSpan _beatAt;
        private JoinResult? _joined;

        public bool IsStuck { get; set; }

        public int Generation { get; private set; } = -1;

        public bool IsAssigned { get; private set; }

        public bool HasOwnAssignment => Encoding.UTF8.GetString(_assignment) == $"{instanceId ?? _memberId}@{Generation}";

        private TimeSpan Now => time.GetElapsedTime(0);

        public override string ToString() => $"{_memberId}{(_joining is not null ? " joining" : "")}{(_syncing is not null ? " syncing" : "")}, generation {Generation}";

        /// <summary>The connection ended with the question asked and the answer not seen.</summary>
        public void LoseAnswer() => (_joining, _syncing) = (null, null);

        /// <summary>Killed, and started again without its id.</summary>
        public void Restart()
        {
            LoseAnswer();
            (_memberId, Generation, IsAssigned, _joined) = ("", -1, false, null);
        }

        public void Leave()
        {
            if (_memberId.Length > 0)
            {
                _ = group().Leave(_memberId, instanceId);
            }

            Restart();
        }

        public async Task GoOnAsync()
        {
            if (IsStuck)
            {
                return;
            }

            if (_joining is { IsCompleted: true } joining)
            {
                _joining = null;
                await JoinedAsync(joining);
            }
            else if (_syncing is { IsCompleted: true } syncing)
            {
                _syncing = null;
                Synced(await syncing);
            }
            else if (_joining is null && _syncing is null)
            {
                Ask();
            }
        }

        private void Ask()
        {
            if (_joined is not null)
            {
                Sync(_joined);
            }
            else if (!IsAssigned)
            {
                _joining = group().JoinAsync(new JoinCommand(_memberId, instanceId, "client", "/127.0.0.1", Session, Rebalance, "consumer",
                    [new GroupProtocol("range", [1])], mustKnowItsId, CanSkipAssignment: false));
            }
            else if (Now >= _beatAt)
            {
                _beatAt = Now + (Session / 3);
                React(group().Heartbeat(_memberId, instanceId, Generation));
            }
        }

        private async Task JoinedAsync(Task<JoinResult> joining)
        {
            var result = await joining;
            if (result.Error == ErrorCode.MemberIdRequired)
            {
                _memberId = result.MemberId;
                return;
            }

            if (result.Error != ErrorCode.None)
            {
                React(result.Error);
                return;
            }

            (_memberId, Generation, _joined) = (result.MemberId, result.Generation, result);
            Sync(result);
        }

        private void Sync(JoinResult joined)
        {
            var assignments = joined.Leader == _memberId
                ? joined.Members!.ToDictionary(m => m.Id, m => Encoding.UTF8.GetBytes($"{m.InstanceId ?? m.Id}@{joined.Generation}"))
                : [];
            _syncing = group().SyncAsync(new SyncCommand(_memberId, instanceId, joined.Generation, null, null, assignments));
        }

        private void Synced(SyncResult result)
        {
            _joined = null;
            if (result.Error == ErrorCode.None)
            {
                (IsAssigned, _assignment, _beatAt) = (true, result.Assignment, Now);
            }
            else
            {
                React(result.Error);
            }
        }

        private void React(ErrorCode error)
        {
            if (error == ErrorCode.None)
            {
                return;
            }

            (IsAssigned, _joined) = (false, null);
            if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
            {
                _memberId = "";
            }
        }
    }
}
