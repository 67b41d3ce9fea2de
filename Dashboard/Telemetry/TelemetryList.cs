namespace StockAspire.Dashboard.Telemetry;

/// <summary>
/// A page that lists all that is kept, newest first. The list stands still while it is paused, and while someone reads in
/// it (<see cref="RowList{TItem}"/> tells): rows never move under an eye or a pointer. What it holds meanwhile are
/// references to records that the store may have let go, at most as many as the store keeps.
/// </summary>
public abstract class TelemetryList<TItem> : TelemetryComponent
{
    private bool _isRead;

    protected bool IsPaused { get; private set; }

    /// <summary>Newest first.</summary>
    protected IReadOnlyList<TItem> Items { get; private set; } = [];

    /// <summary>How many of those that are wanted came after the list began to stand still.</summary>
    protected int Newer { get; private set; }

    /// <summary>What is wanted, by the address. Another text is another list, which begins at its top.</summary>
    protected abstract string Conditions { get; }

    protected string Summary { get; private set; } = string.Empty;

    /// <summary>The conditions of the list that is shown; null before the first.</summary>
    private string? Shown { get; set; }

    /// <summary>Everything that meets the conditions, newest first, and of how many.</summary>
    protected abstract (IReadOnlyList<TItem> Items, int Kept) Find();

    protected abstract bool IsNewer(TItem item, TItem than);

    protected override void Refresh()
    {
        var (found, kept) = Find();
        if (Shown != Conditions)
        {
            Shown = Conditions;
            _isRead = false;
        }
        else if (IsPaused || _isRead)
        {
            Newer = Items.Count == 0 ? found.Count : found.TakeWhile(item => IsNewer(item, Items[0])).Count();
            return;
        }

        Items = found;
        Newer = 0;
        Summary = $"{found.Count:N0} of {kept:N0} shown";
    }

    protected void TogglePause()
    {
        IsPaused = !IsPaused;
        Refresh();
    }

    protected void SetRead(bool isRead)
    {
        _isRead = isRead;
        Refresh();
    }

    protected void GoOn()
    {
        IsPaused = false;
        SetRead(false);
    }
}
