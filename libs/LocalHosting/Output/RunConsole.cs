using System.Globalization;
using System.Threading.Channels;

namespace StockAspire.LocalHosting;

/// <summary>
/// The terminal: lines with the name of who wrote them, and on a real terminal a status line that stays at the bottom.
/// A terminal that stands still never holds up a child: past <see cref="QueueLengthMax"/> lines, or
/// <see cref="QueueTextMax"/> characters, they are dropped and counted; the log files have them all. Thread-safe.
/// </summary>
internal sealed class RunConsole : IAsyncDisposable
{
    internal const int QueueLengthMax = 8_192;
    internal const int QueueTextMax = 2 << 20;
    private const string Reset = "\e[0m";
    private const string EraseLine = "\r\e[K";

    private static readonly string[] Colours = ["\e[36m", "\e[33m", "\e[32m", "\e[35m", "\e[34m", "\e[96m", "\e[93m", "\e[92m"];

    private readonly Channel<(string? Source, string Text)> _lines;
    private readonly TextWriter _writer;
    private readonly bool _isTerminal;
    private readonly bool _isColoured;
    private readonly Func<int> _width;
    private readonly Task _writing;
    private readonly List<string> _sources = [];
    private string? _status;
    private long _dropped;
    private long _queuedText;

    internal RunConsole(TextWriter writer, bool isTerminal, bool isColoured, Func<int> width)
    {
        _writer = writer;
        _isTerminal = isTerminal;
        _isColoured = isColoured;
        _width = width;
        _lines = Channel.CreateBounded<(string? Source, string Text)>(
            new BoundedChannelOptions(QueueLengthMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            line => Drop(line.Text));
        _writing = WriteLinesAsync();
    }

    internal bool IsTerminal => _isTerminal;

    /// <summary>Also keeps the lines of the orchestrator itself, where it is set.</summary>
    internal RotatingLog? OwnLog { get; set; }

    internal static RunConsole ForStandardOutput()
    {
        var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        var isColoured = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new RunConsole(Console.Out, isTerminal, isColoured, () => Console.WindowWidth);
    }

    /// <summary>Names of all that will write; they are padded to one width, and their order gives the colours.</summary>
    internal void SetSources(IEnumerable<string> sources)
    {
        lock (_sources)
        {
            _sources.Clear();
            _sources.AddRange(sources);
        }
    }

    /// <param name="source">Who writes; null for a line without a name before it.</param>
    /// <param name="text">Without a line feed.</param>
    internal void WriteLine(string? source, string text)
    {
        if (Interlocked.Add(ref _queuedText, text.Length) > QueueTextMax)
            Drop(text);
        else
            _lines.Writer.TryWrite((source, text));
    }

    /// <summary>Redraws the bottom line; without a terminal it is a line like any other.</summary>
    internal void SetStatus(string status)
    {
        if (_isTerminal)
            Volatile.Write(ref _status, status);
        WriteLine(null, _isTerminal ? "" : status);
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteLinesAsync()
    {
        await Task.Yield();
        while (await _lines.Reader.WaitToReadAsync())
        {
            if (_isTerminal)
                await _writer.WriteAsync(EraseLine);
            while (_lines.Reader.TryRead(out var line))
            {
                Interlocked.Add(ref _queuedText, -line.Text.Length);

                // An empty line without a name only redraws the status.
                if (line.Source is not null || line.Text.Length > 0)
                    await _writer.WriteLineAsync(Format(line.Source, line.Text));
            }
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                await _writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"... {dropped} lines not shown; the log files have them ..."));
            if (_isTerminal && Volatile.Read(ref _status) is { } status)
                await _writer.WriteAsync(status[..Math.Min(status.Length, Math.Max(0, _width() - 1))]);
            await _writer.FlushAsync();
        }
        if (_isTerminal)
            await _writer.WriteAsync(EraseLine);
        await _writer.FlushAsync();
    }

    private void Drop(string text)
    {
        Interlocked.Add(ref _queuedText, -text.Length);
        Interlocked.Increment(ref _dropped);
    }

    private string Format(string? source, string text)
    {
        if (source is null)
            return text;
        int index, width;
        lock (_sources)
        {
            index = _sources.IndexOf(source);
            width = _sources.Count == 0 ? 0 : _sources.Max(name => name.Length);
        }
        var name = source.PadRight(width);
        return _isColoured && index >= 0
            ? $"{Colours[index % Colours.Length]}{name} |{Reset} {text}"
            : $"{name} | {text}";
    }
}
