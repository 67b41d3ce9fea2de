using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Connections;

public sealed class ConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);
    private readonly FakeCluster _cluster = FakeCluster.Of(1);
    private readonly CqlMetrics _metrics = new(null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FakeNode Node => _cluster.Nodes[0];

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _metrics.Dispose();
    }

    private Task<CqlConnection> OpenAsync(Action<CqlOptions>? configure = null, TimeProvider? time = null)
    {
        var options = _cluster.Options();
        configure?.Invoke(options);
        options.Validate();
        return CqlConnection.OpenAsync(Node.Endpoint, "name", null, new ConnectionSettings(options, time ?? TimeProvider.System, NullLogger.Instance, _metrics, null), null, Cancel);
    }

    private static async Task<string> AskAsync(CqlConnection connection, string cql, TimeSpan timeout, CancellationToken cancel = default)
    {
        var body = await connection.SendAsync(new QueryRequest(cql, new QueryParameters(CqlConsistency.One)), default, timeout, cancel);
        using var result = CqlResult.Read(body, null);
        foreach (var row in result)
            return $"{row[0].GetInt()}";
        return "void";
    }

    private void On(string cql, Func<Task<FakeAnswer?>?> answer)
    {
        var before = Node.Handler;
        Node.Handler = request => request.Opcode == Opcode.Query && request.Cql == cql ? answer() : before?.Invoke(request);
    }

    [Fact]
    public async Task Answers_InAnyOrder_GoToTheirRequests()
    {
        List<TaskCompletionSource<FakeAnswer?>> answers = [.. Enumerable.Range(0, 500).Select(_ => new TaskCompletionSource<FakeAnswer?>())];
        Node.Handler = request => request.Opcode == Opcode.Query ? answers[int.Parse(request.Cql, System.Globalization.CultureInfo.InvariantCulture)].Task : null;
        await using var connection = await OpenAsync();

        var asked = answers.Select((_, i) => AskAsync(connection, $"{i}", Long)).ToList();
        await Eventually.TrueAsync("all requests arrive", () => Node.CountOf(Opcode.Query) == 500);
        foreach (var i in Enumerable.Range(0, 500).OrderBy(i => i * 7919 % 500))
            answers[i].SetResult(FakeAnswer.Int(i));

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), await Task.WhenAll(asked));
        Assert.Equal(0, connection.InFlightCount);
    }

    [Fact]
    public async Task Startup_AsksForTheWordOnOverload_AndNamesItself()
    {
        await using var connection = await OpenAsync(options => options.UseCompression = true);
        var startup = Node.Requests.Single(request => request.Opcode == Opcode.Startup).StartupOptions;

        Assert.Equal("3.0.0", startup["CQL_VERSION"]);
        Assert.Equal("1", startup["THROW_ON_OVERLOAD"]);
        Assert.Equal("lz4", startup["COMPRESSION"]);
        Assert.Equal("StockAspire.Cql", startup["DRIVER_NAME"]);
    }

    [Fact]
    public async Task Compression_OfALargeRequest_IsUndoneByTheNode()
    {
        await using var connection = await OpenAsync(options => options.UseCompression = true);
        var cql = new string('x', 5000);
        await AskAsync(connection, cql, Long);

        var request = Node.Requests.Single(request => request.Opcode == Opcode.Query);
        Assert.Equal(cql, request.Cql);
        Assert.Equal(FrameFlags.Compressed, request.Header.Flags);
        Assert.InRange(request.Header.BodySize, 1, 200);
    }

    [Fact]
    public async Task Deadline_WithoutAnswer_Fires_AndTheStreamIdWaitsForIt()
    {
        var answer = new TaskCompletionSource<FakeAnswer?>();
        On("slow", () => answer.Task);
        await using var connection = await OpenAsync(options => options.InFlightMax = 1);

        await Assert.ThrowsAsync<CqlTimeoutException>(() => AskAsync(connection, "slow", Short));
        Assert.Equal(1, connection.InFlightCount);

        // Its place is not free either: the next request does not even leave.
        await Assert.ThrowsAsync<CqlTimeoutException>(() => AskAsync(connection, "next", Short));
        Assert.DoesNotContain(Node.Requests, request => request.Opcode == Opcode.Query && request.Cql == "next");

        answer.SetResult(FakeAnswer.Int(1));
        Assert.Equal("void", await AskAsync(connection, "after", Long));
        await Eventually.TrueAsync("the orphan is gone", () => connection.InFlightCount == 0);
    }

    [Fact]
    public async Task Orphans_PastTheLimit_CloseTheConnection()
    {
        On("slow", () => Task.FromResult<FakeAnswer?>(null));
        await using var connection = await OpenAsync(options => options.OrphansMax = 3);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Assert.ThrowsAsync<CqlTimeoutException>(() => AskAsync(connection, "slow", Short))));

        Assert.Contains("4 requests got no answer", (await connection.Closed.WaitAsync(Long, Cancel)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nobody reads the socket: what is sent piles up, first there and then here, and every deadline fires all the same.</summary>
    [Fact]
    public async Task Deadline_OfAConnectionThatIsStuck_Fires()
    {
        await using var connection = await OpenAsync(options => options.OrphansMax = CqlOptions.InFlightLimit);
        Node.Stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cql = new string('x', 256 * 1024);

        var asked = Enumerable.Range(0, 100).Select(_ => Assert.ThrowsAsync<CqlTimeoutException>(() => AskAsync(connection, cql, TimeSpan.FromMilliseconds(500)))).ToList();
        var messages = (await Task.WhenAll(asked).WaitAsync(Long, Cancel)).Select(exception => exception.Message).ToList();

        // Some were given to the socket, and some waited for it.
        Assert.Contains(messages, message => message.Contains("nothing of this request was sent", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("No answer to Query", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Heartbeat_OfABusyNode_KeepsTheConnection()
    {
        var answer = new TaskCompletionSource<FakeAnswer?>();
        On("slow", () => answer.Task);
        await using var connection = await OpenAsync(options => options.HeartbeatTimeout = TimeSpan.FromSeconds(1));
        var before = Node.OptionsCount;

        var slow = AskAsync(connection, "slow", Long);
        await Eventually.TrueAsync("signs of life are asked for again and again", () => Node.OptionsCount >= before + 3);
        answer.SetResult(FakeAnswer.Int(7));

        Assert.Equal("7", await slow);
    }

    [Fact]
    public async Task Frozen_Node_IsSuspected_ThenGivenUp()
    {
        await using var connection = await OpenAsync(options => options.HeartbeatTimeout = TimeSpan.FromSeconds(3));
        Node.IsFrozen = true;

        var asked = AskAsync(connection, "x", Long);
        await Eventually.TrueAsync("the node is suspected", () => connection.IsSuspect);
        var exception = await Assert.ThrowsAsync<CqlConnectionException>(() => asked);

        Assert.True(exception.WasSent);
        Assert.Contains("no sign of life", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A process that was stopped, or starved of its processor, finds a silence that is its own.</summary>
    [Fact]
    public async Task Standstill_OfThisProcess_IsNotTheNodesSilence()
    {
        var time = new ManualTime();
        await using var connection = await OpenAsync(time: time);
        Node.IsFrozen = true;
        var asked = AskAsync(connection, "x", TimeSpan.FromHours(1));
        await Eventually.TrueAsync("the request arrives", () => Node.CountOf(Opcode.Query) == 1);
        time.Tick(TimeSpan.FromMilliseconds(600));
        time.Tick(TimeSpan.FromMinutes(10));
        time.Tick(TimeSpan.FromMilliseconds(600));
        Assert.True(connection.IsOpen);

        // The same silence, seen as it passes, is the node's.
        for (var i = 0; i < 20; i++)
            time.Tick(TimeSpan.FromMilliseconds(600));
        Assert.False(connection.IsOpen);
        await Assert.ThrowsAsync<CqlConnectionException>(() => asked);
    }

    [Fact]
    public async Task Lost_Connection_FailsWhatIsInFlight_AndWhatComesAfter()
    {
        On("slow", () => Task.FromResult<FakeAnswer?>(null));
        await using var connection = await OpenAsync();
        var asked = AskAsync(connection, "slow", Long);
        await Eventually.TrueAsync("the request arrives", () => Node.CountOf(Opcode.Query) == 1);

        Node.CloseConnections();

        Assert.True((await Assert.ThrowsAsync<CqlConnectionException>(() => asked)).WasSent);
        Assert.False((await Assert.ThrowsAsync<CqlConnectionException>(() => AskAsync(connection, "later", Long))).WasSent);
    }

    [Theory]
    [InlineData("84 00 0100 08 00000004 00000001", "came for stream 256, on which nothing was asked")]
    [InlineData("04 00 0000 08 00000000", "a request's version byte")]
    [InlineData("'HTTP/1.1 400 Bad Request'", "does not speak CQL")]
    [InlineData("84 00 0000 08 7FFFFFFF", "Frame body of 2147483647 bytes")]
    [InlineData("84 00 FFFF 0C 00000003 0009 00", "[string] of 9 bytes does not fit")]
    [InlineData("84 01 0000 08 00000005 00000010 00", "LZ4 block of 1 bytes")]
    public async Task Malformed_Bytes_EndTheConnection(string bytes, string reason)
    {
        On("slow", () => Task.FromResult<FakeAnswer?>(null));
        await using var connection = await CqlConnection.OpenAsync(
            Node.Endpoint, "name", null, new ConnectionSettings(_cluster.Options(), TimeProvider.System, NullLogger.Instance, _metrics, null), _ => { }, Cancel);
        var asked = AskAsync(connection, "slow", Long);
        await Eventually.TrueAsync("the request arrives", () => Node.CountOf(Opcode.Query) == 1);

        await Node.SendRawAsync(Hex.Bytes(bytes));

        Assert.Contains(reason, (await Assert.ThrowsAsync<CqlConnectionException>(() => asked)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_PastItsLimit_RefusesAtOnce()
    {
        var answer = new TaskCompletionSource<FakeAnswer?>();
        On("slow", () => answer.Task);
        await using var connection = await OpenAsync(options => (options.InFlightMax, options.QueueMax) = (1, 2));
        var waiting = Enumerable.Range(0, 3).Select(_ => AskAsync(connection, "slow", Long)).ToList();

        await Assert.ThrowsAsync<CqlBusyException>(() => AskAsync(connection, "slow", Long));

        answer.SetResult(FakeAnswer.Int(1));
        Assert.Equal(["1", "1", "1"], await Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Cancellation_EndsTheWait_AndKeepsTheConnection()
    {
        var answer = new TaskCompletionSource<FakeAnswer?>();
        On("slow", () => answer.Task);
        await using var connection = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        var asked = AskAsync(connection, "slow", Long, cancel.Token);
        await Eventually.TrueAsync("the request arrives", () => Node.CountOf(Opcode.Query) == 1);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        answer.SetResult(FakeAnswer.Int(1));

        Assert.Equal("void", await AskAsync(connection, "next", Long));
        await Eventually.TrueAsync("the late answer is taken", () => connection.InFlightCount == 0);
    }

    [Fact]
    public async Task Credentials_AreChecked()
    {
        Node.Password = "secret";
        Assert.Equal(CqlErrorCode.BadCredentials, (await Assert.ThrowsAsync<CqlServerException>(() => OpenAsync(options => (options.User, options.Password) = ("u", "wrong")))).Code);
        Assert.Contains("asks for credentials", (await Assert.ThrowsAsync<CqlConnectionException>(() => OpenAsync())).Message, StringComparison.Ordinal);
        await using var connection = await OpenAsync(options => (options.User, options.Password) = ("u", "secret"));
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Connecting_ToANodeThatSaysNothing_EndsInTime()
    {
        Node.IsFrozen = true;
        var exception = await Assert.ThrowsAsync<CqlConnectionException>(() => OpenAsync(options => options.ConnectTimeout = Short));
        Assert.StartsWith($"No connection to {Node.Endpoint} in ", exception.Message, StringComparison.Ordinal);
    }
}
