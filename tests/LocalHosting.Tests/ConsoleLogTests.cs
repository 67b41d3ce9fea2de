namespace StockAspire.LocalHosting.Tests;

public sealed class ConsoleLogTests
{
    private readonly ConsoleLog _log = new();

    [Fact]
    public async Task TheNewestLines_AreKept_AndCountOnOverThoseThatAreNot()
    {
        for (var line = 1; line <= ConsoleLog.LineCountMax + 500; line++)
            Append($"line {line}");

        var kept = await AllAsync();

        Assert.InRange(kept.Count, ConsoleLog.LineCountMax - 1, ConsoleLog.LineCountMax);
        Assert.Equal(Enumerable.Range(10_501 - kept.Count, kept.Count).Select(number => ((long)number, $"line {number}")), kept.Select(line => (line.Number, line.Text)));
    }

    [Fact]
    public async Task LongLines_AreKeptUpToTheirSizeInMemory()
    {
        var endless = new string('x', LinePump.LengthMax);
        for (var line = 0; line < 5_000; line++)
            Append(endless);

        Assert.InRange(_log.Size, ConsoleLog.SizeMax - (3 * LinePump.LengthMax), ConsoleLog.SizeMax);
        Assert.InRange((await AllAsync()).Count, 200, ConsoleLog.SizeMax / (2 * LinePump.LengthMax));
    }

    [Fact]
    public async Task AReaderThatLags_IsToldHowManyLinesItMissed_AndGoesOnWithTheOldestThatIsKept()
    {
        await using var reader = _log.ReadAsync(follow: true, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Append("first");
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((0, 1), (reader.Current.Missed, reader.Current.Lines.Count));

        for (var line = 2; line <= ConsoleLog.LineCountMax + 101; line++)
            Append($"line {line}");
        Assert.True(await reader.MoveNextAsync());

        var oldest = (await AllAsync())[0].Number;
        Assert.Equal(oldest, reader.Current.Lines[0].Number);
        Assert.Equal(oldest - 2, reader.Current.Missed);
        Assert.Equal(ConsoleLog.BatchCountMax, reader.Current.Lines.Count);
    }

    [Fact]
    public async Task AFollower_WaitsForTheNextLine()
    {
        await using var reader = _log.ReadAsync(follow: true, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = reader.MoveNextAsync();
        Assert.False(next.IsCompleted);

        _log.Append("boom", isError: true, DateTimeOffset.UnixEpoch);

        Assert.True(await next);
        Assert.Equal(new ConsoleLine(1, "boom", IsError: true, DateTimeOffset.UnixEpoch), Assert.Single(reader.Current.Lines));
    }

    private void Append(string text) => _log.Append(text, isError: false, DateTimeOffset.UnixEpoch);

    private async Task<List<ConsoleLine>> AllAsync()
    {
        var lines = new List<ConsoleLine>();
        await foreach (var batch in _log.ReadAsync(follow: false, TestContext.Current.CancellationToken))
            lines.AddRange(batch.Lines);
        return lines;
    }
}
