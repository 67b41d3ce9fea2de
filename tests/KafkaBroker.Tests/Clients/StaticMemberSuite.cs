namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>For clients that know static members (group.instance.id) too.</summary>
public abstract class StaticMemberSuite : ClientSuite
{
    [Fact]
    public async Task Static_member_that_is_killed_and_comes_back_keeps_its_partitions_without_a_rebalance()
    {
        using var broker = await StartAsync();
        await using var stays = Join(broker, "range", "stays");
        await using var leaves = Join(broker, "range", "leaves");
        await ClientProgram.UntilAsync("both own two partitions", [stays, leaves], () => stays.Assignment.Length == 2 && leaves.Assignment.Length == 2);
        var changes = stays.Assignments.Count;
        await leaves.KillAsync();

        await using var back = Join(broker, "range", "leaves");
        await back.UntilAsync("it owns partitions again", () => back.Assignment.Length > 0);
        Assert.Equal(leaves.Assignment.Order(), back.Assignment.Order());
        await using var writer = ClientProgram.Start(ClientCommand.Confluent, "write", broker.BootstrapServers, RestartableBroker.Topic, "none");
        await writer.WriteAsync(0, 100);
        await ClientProgram.UntilAsync("both read on", [stays, back], () => stays.Records.Count + back.Records.Count == 100);
        Assert.True(stays.Assignments.Count == changes, $"There was a rebalance.\n{stays}\n{back}");
    }
}
