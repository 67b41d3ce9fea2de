namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>
/// Members of different languages in one group: the leader, whose language is that of who comes first, reads what the others'
/// subscriptions say and the others read its assignment; the broker carries both untouched. And each assignor's own manner.
/// </summary>
public sealed class MixedGroupTests
{
    private const int Partitions = 8;
    private const string Group = "mixed";

    private static readonly ClientCommand[] RangeClients = [ClientCommand.Confluent, ClientCommand.PythonKafka, ClientCommand.PythonConfluent, ClientCommand.Java];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Clients_of_four_kinds_share_a_topic_by_range_whoever_leads(int leader)
    {
        using var broker = await StartAsync();
        var clients = RangeClients[leader..].Concat(RangeClients[..leader]).ToArray();
        await using var first = Join(broker, clients[0], "range");
        await first.UntilAsync("the leader owns all", () => first.Assignment.Length == Partitions);
        await using var second = Join(broker, clients[1], "range");
        await using var third = Join(broker, clients[2], "range");
        await using var fourth = Join(broker, clients[3], "range");
        ClientProgram[] members = [first, second, third, fourth];
        await ClientProgram.UntilAsync("each owns two partitions", members, () => members.All(m => m.Assignment.Length == 2));
        Assert.Equal(Enumerable.Range(0, Partitions), members.SelectMany(m => m.Assignment).Order());
        await ReadAllAsync(broker, members);
        foreach (var member in members)
        {
            await member.EndAsync();
        }

        Assert.Equal(await broker.EndsAsync(Partitions), await broker.CommittedAsync(Group));
    }

    [Fact]
    public async Task Cooperative_members_of_two_languages_give_up_only_what_another_gets()
    {
        using var broker = await StartAsync();
        await using var java = Join(broker, ClientCommand.Java, "cooperative-sticky");
        await java.UntilAsync("it owns all", () => java.Assignment.Length == Partitions);
        await using var confluent = Join(broker, ClientCommand.Confluent, "cooperative-sticky");
        await ClientProgram.UntilAsync("each owns half", [java, confluent], () => java.Assignment.Length == 4 && confluent.Assignment.Length == 4);
        Assert.Empty(java.Assignment.Intersect(confluent.Assignment));
        Assert.All(java.Assignments.SkipWhile(a => a.Length < Partitions), a => Assert.InRange(a.Length, 4, Partitions));
        await ReadAllAsync(broker, [java, confluent]);

        await confluent.EndAsync();
        var kept = java.Assignment;
        var changes = java.Assignments.Count;
        await java.UntilAsync("it owns all again", () => java.Assignment.Length == Partitions);
        Assert.All(java.Assignments.Skip(changes), a => Assert.Empty(kept.Except(a)));
    }

    [Theory]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    public async Task Eager_members_give_up_everything_before_they_share_anew(string assignor)
    {
        using var broker = await StartAsync();
        await using var first = Join(broker, ClientCommand.Java, assignor);
        await first.UntilAsync("it owns all", () => first.Assignment.Length == Partitions);
        await using var second = Join(broker, ClientCommand.Java, assignor);
        await ClientProgram.UntilAsync("each owns half", [first, second], () => first.Assignment.Length == 4 && second.Assignment.Length == 4);
        Assert.Contains(first.Assignments.SkipWhile(a => a.Length < Partitions), a => a.Length == 0);
        await ReadAllAsync(broker, [first, second]);
    }

    [Fact]
    public async Task Members_without_a_common_assignor_are_refused_and_leave_the_group_in_peace()
    {
        using var broker = await StartAsync();
        await using var ranged = Join(broker, ClientCommand.Java, "range");
        await ranged.UntilAsync("it owns all", () => ranged.Assignment.Length == Partitions);
        await using var other = Join(broker, ClientCommand.Java, "roundrobin");
        await other.FailAsync("InconsistentGroupProtocolException");
        await ReadAllAsync(broker, [ranged]);
    }

    private static async Task<RestartableBroker> StartAsync()
    {
        foreach (var missing in new[] { await ClientRequirements.Java, await ClientRequirements.PythonKafkaAsync(), await ClientRequirements.PythonConfluentAsync() })
        {
            if (missing is not null)
            {
                Assert.Skip(missing);
            }
        }

        return await RestartableBroker.StartAsync(Partitions);
    }

    private static ClientProgram Join(RestartableBroker broker, ClientCommand client, string assignor) =>
        ClientProgram.Start(client, "join", broker.BootstrapServers, RestartableBroker.Topic, Group, assignor);

    /// <summary>Writes records and has the members read each of them once, each from its own partitions.</summary>
    private static async Task ReadAllAsync(RestartableBroker broker, ClientProgram[] members)
    {
        await using var writer = ClientProgram.Start(ClientCommand.Confluent, "write", broker.BootstrapServers, RestartableBroker.Topic, "lz4");
        await writer.WriteAsync(0, 400);
        await ClientProgram.UntilAsync("all is read", [.. members, writer], () => members.Sum(m => m.Records.Count) >= 400);
        Assert.Equal(Enumerable.Range(0, 400), members.SelectMany(m => m.Records).Select(r => r.Number).Order());
        Assert.All(members, m => Assert.Empty(m.Records.Select(r => r.Partition).Except(m.Assignment)));
    }
}
