using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.Live;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <summary>The newest lines of one resource. Thread-safe.</summary>
internal sealed class ConsoleBuffer
{
    public const int LinesMax = 10_000;

    /// <summary>16 MiB of text, which a few hundred of the longest lines would reach.</summary>
    public const int CharactersMax = 8 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<ConsoleLine> _lines = new();
    private int _characters;

    public ChangeSignal Changed { get; } = new();

    public void Append(IEnumerable<ConsoleLogLine> lines)
    {
        // Parsed outside of the lock, since a page may be waiting to draw.
        var parsed = lines.Select(ConsoleLine.Of).ToList();
        lock (_lock)
        {
            foreach (var line in parsed)
            {
                _lines.Enqueue(line);
                _characters += line.Text.Length;
            }
            while (_lines.Count > LinesMax || _characters > CharactersMax)
                _characters -= _lines.Dequeue().Text.Length;
        }
        Changed.Raise();
    }

    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
            _characters = 0;
        }
        Changed.Raise();
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConsoleLine> Snapshot()
    {
        lock (_lock)
            return [.. _lines];
    }

    /// <summary>Those with the text in them, whatever their case; all where it is empty.</summary>
    public static IReadOnlyList<ConsoleLine> Matching(IReadOnlyList<ConsoleLine> lines, string filter) =>
        filter.Length == 0 ? lines : [.. lines.Where(line => line.Plain.Contains(filter, StringComparison.OrdinalIgnoreCase))];
}
