using System.Text;

namespace StockAspire.LocalHosting.Tests;

public sealed class OutputTests
{
    [Fact]
    public async Task LinePump_CutsLines_AndLinesWithoutEnd()
    {
        var endless = new string('x', LinePump.LengthMax + 3);
        using var output = new MemoryStream(Encoding.UTF8.GetBytes($"one\r\n\ntwo é\n{endless}"));
        var lines = new List<string>();

        await LinePump.RunAsync(output, lines.Add);

        Assert.Equal(["one", "", "two é", endless[..LinePump.LengthMax], "xxx"], lines);
    }

    [Fact]
    public void RotatingLog_NeverKeepsMoreThanThreeFilesOfItsSize_AndTheNewestLines()
    {
        using var folder = new TemporaryDirectory();
        using (var log = new RotatingLog(folder.Path, "sink", sizeMax: 100))
        {
            for (var line = 0; line < 1_000; line++)
                log.Append($"line {line:0000}");
        }

        var files = new DirectoryInfo(folder.Path).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(["sink.1.log", "sink.2.log", "sink.log"], files.Select(file => file.Name));
        Assert.All(files, file => Assert.InRange(file.Length, 1, 100));
        var kept = files.SelectMany(file => File.ReadLines(file.FullName)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Enumerable.Range(1_000 - kept.Count, kept.Count).Select(line => $"line {line:0000}"), kept);
    }

    [Fact]
    public void RotatingLog_OpenedAgain_GoesOnWhereItWas()
    {
        using var folder = new TemporaryDirectory();
        using (var log = new RotatingLog(folder.Path, "sink"))
            log.Append("first run");
        using (var log = new RotatingLog(folder.Path, "sink"))
            log.Append("second run");

        Assert.Equal(["first run", "second run"], File.ReadLines(folder.File("sink.log")));
    }

    [Fact]
    public void RotatingLog_WhoseFolderIsGone_SaysWhyOnce_AndLetsItsWriterGoOn()
    {
        using var folder = new TemporaryDirectory();
        var logs = Directory.CreateDirectory(folder.File("logs")).FullName;
        using var log = new RotatingLog(logs, "sink", sizeMax: 10);
        Assert.Null(log.Append("123456789"));
        Directory.Delete(logs, recursive: true);

        Assert.Contains(logs, log.Append("123456789"), StringComparison.Ordinal);
        Assert.Null(log.Append("123456789"));
    }

    [Fact]
    public async Task RunConsole_WithoutATerminal_WritesPlainPrefixedLinesAndTheStatusAsALine()
    {
        using var writer = new StringWriter();
        await using (var console = new RunConsole(writer, isTerminal: false, isColoured: false, () => 80))
        {
            console.SetSources(["kafka", "sink"]);
            console.WriteLine("sink", "stored");
            console.SetStatus("lag 0");
            console.WriteLine("kafka", "");
        }

        Assert.Equal(["sink  | stored", "lag 0", "kafka | ", ""], writer.ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public async Task RunConsole_OnATerminal_KeepsTheStatusAtTheBottom_CutToItsWidth()
    {
        using var writer = new StringWriter();
        await using (var console = new RunConsole(writer, isTerminal: true, isColoured: true, () => 10))
        {
            console.SetSources(["sink"]);
            console.SetStatus("published 1,234");
            console.WriteLine("sink", "stored");
        }

        var text = writer.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);
        Assert.Contains("\e[36msink |\e[0m stored\npublished", text, StringComparison.Ordinal);
        Assert.DoesNotContain("published 1", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunConsole_WhoseTerminalStandsStill_DropsAndCountsInsteadOfHoldingUpItsWriters()
    {
        using var writer = new StalledWriter();
        var console = new RunConsole(writer, isTerminal: false, isColoured: false, () => 80);
        console.WriteLine("sink", "first");
        await writer.Reached;
        for (var line = 0; line < RunConsole.QueueLengthMax + 7; line++)
            console.WriteLine("sink", "more");

        writer.Release();
        await console.DisposeAsync();

        Assert.Contains("... 7 lines not shown; the log files have them ...", writer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cassandra://user:pass@db:9042/ticks", "cassandra://***@db:9042/ticks")]
    [InlineData("cassandra://user:p@ss@db:9042/ticks?ca=/a@b.pem", "cassandra://***@db:9042/ticks?ca=/a@b.pem")]
    [InlineData("sqlite:/data/a@b.db", "sqlite:/data/a@b.db")]
    public void Secrets_AreNotShown(string connectionString, string shown) =>
        Assert.Equal(shown, Secrets.Mask(connectionString));

    private sealed class StalledWriter : StringWriter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Release() => _released.SetResult();

        public override async Task WriteLineAsync(string? value)
        {
            _reached.TrySetResult();
            await _released.Task;
            WriteLine(value);
        }
    }
}
