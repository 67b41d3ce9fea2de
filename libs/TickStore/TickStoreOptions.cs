namespace StockAspire.TickStore;

/// <summary>Section <c>Store</c>; the store itself is <c>ConnectionStrings:tickstore</c>. Checked by <see cref="TickStoreOptionsValidator"/>.</summary>
public sealed class TickStoreOptions
{
    public const string SectionName = "Store";
    public const string ConnectionName = "tickstore";

    /// <summary><c>sqlite:PATH</c>.</summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>Only <c>rows</c> works yet: one row a tick. Recorded when the store is made, fixed from then on.</summary>
    public string Layout { get; set; } = TickStorePlan.RowsLayout;

    /// <summary>
    /// Event time that a partition of the store covers, 1 minute to 1 day; recorded when the store is made, fixed from then on.
    /// </summary>
    public TimeSpan BucketWidth { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest wait for one request, a lock of another process included; 100 ms to 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether what was acknowledged survives a power cut too, and not only a kill of every process: each commit then
    /// waits for the disk. SQLite only (<c>synchronous=FULL</c> in place of <c>NORMAL</c>).
    /// </summary>
    public bool SurvivePowerLoss { get; set; }
}
