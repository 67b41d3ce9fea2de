using System.Net;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Sessions;

/// <summary>Nodes that come, go, fall silent and come back.</summary>
public sealed class ClusterChangeTests
{
    private static readonly CqlSchemaChange Created = new("CREATED", "TABLE", "ks", "t", []);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task RunAsync(CqlSession session, string cql = "x")
    {
        using var statement = new SimpleStatement(cql) { IsIdempotent = true };
        (await session.ExecuteAsync(statement, Cancel)).Dispose();
    }

    private static Task UpAsync(CqlSession session, int count) =>
        Eventually.TrueAsync($"{count} nodes are up", () => session.Hosts.Count(host => host.IsUp) == count);

    private static void AnswerCreate(FakeCluster cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            node.Handler = request => request.Opcode == Opcode.Query && request.Cql == "CREATE"
                ? Task.FromResult<FakeAnswer?>(new FakeAnswer(Opcode.Result, body => { body.WriteInt32((int)ResultKind.SchemaChange); Created.Write(body); }))
                : null;
        }
    }

    /// <summary>As agreement on the schema asks each node.</summary>
    private static bool IsVersionAsked(FakeRequest request) => request.Opcode == Opcode.Query && request.Cql.Contains("system.local", StringComparison.Ordinal);

    [Fact]
    public async Task NewNode_IsFoundByItsEvent()
    {
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync();
        var added = cluster.Add(tokens: [1]);

        await cluster.Nodes[0].SendEventAsync(new EventResponse(EventResponse.TopologyChange, "NEW_NODE", added.Endpoint, null));

        await UpAsync(session, 2);
        Assert.Contains(session.Hosts, host => host.Endpoint.Equals(added.Endpoint) && host.HostId == added.HostId);
    }

    [Fact]
    public async Task RemovedNode_IsLeft()
    {
        await using var cluster = FakeCluster.Of(2);
        await using var session = await cluster.ConnectAsync();
        await UpAsync(session, 2);
        var removed = cluster.Nodes[1];
        cluster.Nodes.Remove(removed);

        await cluster.Nodes[0].SendEventAsync(new EventResponse(EventResponse.TopologyChange, "REMOVED_NODE", removed.Endpoint, null));

        await Eventually.TrueAsync("the node is left", () => session.Hosts.Count == 1 && removed.ConnectionCount == 0);
        await removed.DisposeAsync();
    }

    [Fact]
    public async Task SwarmOfEvents_IsOneRefresh()
    {
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync(options => options.RefreshDelay = TimeSpan.FromMilliseconds(500));
        var node = cluster.Nodes[0];
        int Refreshes() => node.Requests.Count(request => request.Opcode == Opcode.Query && request.Cql.Contains("system.local", StringComparison.Ordinal));
        var before = Refreshes();

        for (var i = 0; i < 100; i++)
            await node.SendEventAsync(new EventResponse(EventResponse.StatusChange, EventResponse.Up, node.Endpoint, null));

        await Eventually.TrueAsync("the state is read again", () => Refreshes() > before);
        Assert.InRange(Refreshes() - before, 1, 3);
    }

    [Fact]
    public async Task SchemaChange_IsTold_AndWaitedFor()
    {
        await using var cluster = FakeCluster.Of(2);
        cluster.Nodes[1].SchemaVersion = Guid.NewGuid();
        AnswerCreate(cluster);
        await using var session = await cluster.ConnectAsync();
        await UpAsync(session, 2);
        var told = new TaskCompletionSource<CqlSchemaChange>();
        session.SchemaChanged += told.SetResult;

        var creating = session.ExecuteAsync("CREATE", Cancel).AsTask();
        await Eventually.TrueAsync("agreement is looked at", () => cluster.Nodes[1].Requests.Count(IsVersionAsked) >= 2);
        Assert.False(creating.IsCompleted);
        cluster.Nodes[1].SchemaVersion = cluster.Nodes[0].SchemaVersion;
        using var result = await creating;
        Assert.Equal("t", result.SchemaChange!.Name);

        await cluster.Nodes[0].SendEventAsync(new EventResponse(EventResponse.SchemaChange, "", null, Created));
        Assert.Equal("TABLE", (await told.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel)).Target);
    }

    [Fact]
    public async Task SchemaChanges_ThatDoNotWait_EndTogether()
    {
        await using var cluster = FakeCluster.Of(2);
        cluster.Nodes[1].SchemaVersion = Guid.NewGuid();
        AnswerCreate(cluster);
        await using var session = await cluster.ConnectAsync();
        await UpAsync(session, 2);

        using var create = new SimpleStatement("CREATE") { AwaitsSchemaAgreement = false };
        for (var i = 0; i < 3; i++)
            (await session.ExecuteAsync(create, Cancel)).Dispose();
        Assert.DoesNotContain(cluster.Nodes[1].Requests, IsVersionAsked);

        var agreeing = session.WaitForSchemaAgreementAsync(Cancel);
        await Eventually.TrueAsync("agreement is looked at", () => cluster.Nodes[1].Requests.Count(IsVersionAsked) >= 2);
        Assert.False(agreeing.IsCompleted);
        cluster.Nodes[1].SchemaVersion = cluster.Nodes[0].SchemaVersion;
        Assert.True(await agreeing);
    }

    [Fact]
    public async Task ControlNode_Lost_AnotherTakesItsPlace()
    {
        await using var cluster = FakeCluster.Of(3);
        await using var session = await cluster.ConnectAsync();
        await UpAsync(session, 3);

        await cluster.Nodes[0].StopAsync();

        await Eventually.TrueAsync("another node is registered with", () => cluster.Nodes.Skip(1).Any(node => node.CountOf(Opcode.Register) > 0));
        for (var i = 0; i < 20; i++)
            await RunAsync(session);
        await UpAsync(session, 2);
        cluster.Nodes[0].Restart();
        await UpAsync(session, 3);
    }

    [Fact]
    public async Task AllNodes_Lost_AreTakenUpAgainWhenTheyReturn()
    {
        await using var cluster = FakeCluster.Of(2);
        await using var session = await cluster.ConnectAsync(options => options.RetriesMax = 2);
        await UpAsync(session, 2);
        foreach (var node in cluster.Nodes)
            await node.StopAsync();
        await UpAsync(session, 0);

        var exception = await Assert.ThrowsAsync<CqlNoHostException>(() => RunAsync(session));
        Assert.Equal(2, exception.Errors.Count);

        foreach (var node in cluster.Nodes)
            node.Restart();
        await UpAsync(session, 2);
        await RunAsync(session);
        await Eventually.TrueAsync("a node is registered with again", () => cluster.Nodes.Sum(node => node.CountOf(Opcode.Register)) >= 2);
    }

    /// <summary>All known nodes are gone for good; behind the contact points there are others now.</summary>
    [Fact]
    public async Task AllNodes_Replaced_AreFoundThroughTheContactPoints()
    {
        await using var old = FakeCluster.Of(2);
        await using var replacement = FakeCluster.Of(1);
        await replacement.Nodes[0].StopAsync();
        await using var session = await old.ConnectAsync(options => options.ContactPoints = [.. options.ContactPoints, replacement.Nodes[0].Endpoint.ToString()]);
        await UpAsync(session, 2);

        foreach (var node in old.Nodes)
            await node.StopAsync();
        replacement.Nodes[0].Restart();

        await Eventually.TrueAsync("the new node is found", () => session.Hosts is [{ IsUp: true } host] && host.HostId == replacement.Nodes[0].HostId);
        await RunAsync(session);
    }

    [Fact]
    public async Task FrozenNode_CostsNothingLost()
    {
        await using var cluster = FakeCluster.Of(2);
        await using var session = await cluster.ConnectAsync(options => options.HeartbeatTimeout = TimeSpan.FromSeconds(2));
        await UpAsync(session, 2);
        var other = cluster.Nodes[1];
        other.IsFrozen = true;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync(session)));
        await Eventually.TrueAsync("the frozen node is given up", () => session.Hosts.Count(host => host.IsUp) == 1);

        // It takes connections, as its kernel does, and answers nothing: it must not count as up.
        var asked = other.CountOf(Opcode.Query);
        for (var i = 0; i < 50; i++)
            await RunAsync(session);
        Assert.Equal(asked, other.CountOf(Opcode.Query));
        other.IsFrozen = false;
    }

    [Fact]
    public async Task Datacenter_OfTheFirstContactPoint_IsLocal()
    {
        await using var cluster = new FakeCluster();
        cluster.Add("east", "r", 1);
        cluster.Add("west", "r", 2);
        await using var session = await cluster.ConnectAsync();

        Assert.Equal("east", session.LocalDatacenter);
        for (var i = 0; i < 10; i++)
            await RunAsync(session, "only east");
        Assert.DoesNotContain(cluster.Nodes[1].Requests, request => request.Opcode == Opcode.Query && request.Cql == "only east");
    }

    [Fact]
    public async Task Datacenter_ThatDoesNotExist_IsRefused()
    {
        await using var cluster = FakeCluster.Of(1);
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => cluster.ConnectAsync(options => options.LocalDatacenter = "moon"));
        Assert.Equal("LocalDatacenter is moon, expected one of dc1.", exception.Message);
    }

    [Fact]
    public async Task NoNode_AtTheContactPoints_SaysWhy()
    {
        var exception = await Assert.ThrowsAsync<CqlNoHostException>(() => CqlSession.ConnectAsync(new CqlOptions { ContactPoints = ["127.0.0.1:1", "no-such-host.invalid"] }, cancel: Cancel));
        Assert.Equal(2, exception.Errors.Count);
        Assert.Contains(exception.Errors.Keys, endpoint => endpoint is DnsEndPoint { Host: "no-such-host.invalid" });
    }

    [Fact]
    public async Task Password_Wrong_SaysSo()
    {
        await using var cluster = FakeCluster.Of(1);
        cluster.Nodes[0].Password = "right";
        Assert.Equal(CqlErrorCode.BadCredentials, (await Assert.ThrowsAsync<CqlServerException>(() => cluster.ConnectAsync(options => (options.User, options.Password) = ("u", "wrong")))).Code);
    }

    [Fact]
    public async Task Password_Changed_IsAskedForAtTheNextConnecting()
    {
        await using var cluster = FakeCluster.Of(1);
        var password = cluster.Nodes[0].Password = "first";
        await using var session = await cluster.ConnectAsync(options => (options.User, options.ReadPassword) = ("u", _ => new(Volatile.Read(ref password)!)));
        cluster.Nodes[0].Password = "second";
        cluster.Nodes[0].CloseConnections();
        await Eventually.TrueAsync("the old password is refused", () => !session.Hosts[0].IsUp && cluster.Nodes[0].CountOf(Opcode.AuthResponse) > 4);

        Volatile.Write(ref password, "second");

        await UpAsync(session, 1);
        await RunAsync(session);
    }
}
