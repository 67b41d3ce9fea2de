using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>Counts rows that are no ticks and keeps the first few reasons; tells when there are too many. Thread-safe.</summary>
/// <param name="countMax">More than these stop the ingest.</param>
/// <param name="onTooMany">Called once, when the count goes above <paramref name="countMax"/>.</param>
internal sealed class RejectLog(long countMax, Action onTooMany)
{
    private const int ReasonsKept = 5;

    private readonly Lock _lock = new();
    private readonly List<string> _reasons = [];

    public long Count { get; private set; }

    public bool HasTooMany => Count > countMax;

    public IReadOnlyList<string> Reasons
    {
        get
        {
            lock (_lock)
            {
                return [.. _reasons];
            }
        }
    }

    /// <summary>A row that this side could not read.</summary>
    public void Add(Feeds.RowReject reject) => Add(reject.ToString);

    /// <summary>A tick that the server refused.</summary>
    public void Add(Reject reject) =>
        Add(() => FormattableString.Invariant($"row {reject.Sequence}: {reject.Field}: {reject.Reason}"));

    private void Add(Func<string> reason)
    {
        bool tooMany;
        lock (_lock)
        {
            Count++;
            if (_reasons.Count < ReasonsKept)
            {
                _reasons.Add(reason());
            }

            tooMany = Count == countMax + 1;
        }

        if (tooMany)
        {
            onTooMany();
        }
    }
}
