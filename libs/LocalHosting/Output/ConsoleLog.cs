using System.Runtime.CompilerServices;

namespace StockAspire.LocalHosting;

/// <summary>
/// The newest lines of one instance, over all its runs, for whoever watches: at most <see cref="LineCountMax"/> lines
/// and <see cref="SizeMax"/> bytes. A reader holds nothing here but its own place, so a slow one costs nothing: lines
/// that were dropped before it came to them are counted for it. Thread-safe.
/// </summary>
internal sealed class ConsoleLog
{
    internal const int LineCountMax = 10_000;

    /// <summary>Bytes in memory: two per character, and <see cref="LineSize"/> for each line.</summary>
    internal const int SizeMax = 4 << 20;

    /// <summary>Of one answer to a reader: well below the 4 MiB that gRPC clients take, at three bytes per character.</summary>
    internal const int BatchLengthMax = 256 << 10;

    internal const int BatchCountMax = 1_000;

    /// <summary>The objects around a line's characters.</summary>
    private const int LineSize = 72;

    private readonly Lock _gate = new();
    private readonly ConsoleLine[] _ring = new ConsoleLine[LineCountMax];
    private long _first = 1;
    private long _next = 1;
    private int _size;
    private TaskCompletionSource? _appended;

    /// <summary>Bytes, as <see cref="SizeMax"/> counts them.</summary>
    internal int Size
    {
        get
        {
            lock (_gate)
                return _size;
        }
    }

    internal void Append(string text, bool isError, DateTimeOffset at)
    {
        TaskCompletionSource? appended;
        lock (_gate)
        {
            _size += SizeOf(text);
            while (_first < _next && (_next - _first == LineCountMax || _size > SizeMax))
                _size -= SizeOf(_ring[_first++ % LineCountMax].Text);
            _ring[_next % LineCountMax] = new ConsoleLine(_next, text, isError, at);
            _next++;
            (appended, _appended) = (_appended, null);
        }
        appended?.SetResult();
    }

    /// <summary>The lines that are kept; then, to follow them, each that comes, until it is cancelled.</summary>
    internal async IAsyncEnumerable<ConsoleLines> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? place = null;
        while (true)
        {
            var (batch, more) = Take(place);
            if (batch.Lines.Count > 0)
            {
                place = batch.Lines[^1].Number + 1;
                yield return batch;
            }
            else if (follow)
            {
                await more.WaitAsync(cancellationToken);
            }
            else
            {
                yield break;
            }
        }
    }

    private (ConsoleLines Batch, Task More) Take(long? place)
    {
        lock (_gate)
        {
            var number = Math.Max(place ?? _first, _first);
            var missed = number - (place ?? _first);
            var lines = new List<ConsoleLine>();
            for (var length = 0; number < _next && lines.Count < BatchCountMax && length < BatchLengthMax; number++)
            {
                var line = _ring[number % LineCountMax];
                lines.Add(line);
                length += line.Text.Length;
            }
            if (lines.Count == 0)
                _appended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (new ConsoleLines(missed, lines), _appended?.Task ?? Task.CompletedTask);
        }
    }

    private static int SizeOf(string text) => (text.Length * sizeof(char)) + LineSize;
}
