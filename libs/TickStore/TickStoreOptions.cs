namespace StockAspire.TickStore;

/// <summary>Section <c>Store</c>; the store itself is <c>ConnectionStrings:tickstore</c>. Checked by <see cref="TickStoreOptionsValidator"/>.</summary>
public sealed class TickStoreOptions
{
    public const string SectionName = "Store";
    public const string ConnectionName = "tickstore";

    /// <summary>Key of the connection string, as messages name it.</summary>
    public const string ConnectionKey = "ConnectionStrings:" + ConnectionName;

    /// <summary><c>sqlite:PATH</c>, or <c>cassandra://host:port,.../keyspace?...</c> where that adapter is there.</summary>
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

    /// <summary>
    /// How long rows live from when they are written, 1 hour to 20 years; null keeps them for ever. Cassandra only: the TTL
    /// of table <c>ticks</c> when it is made. A row that is delivered again begins anew.
    /// </summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>
    /// Event time whose rows are compacted together, 1 hour to 366 days; null for a 25th of the retention, or 30 days.
    /// Cassandra only: the time window of table <c>ticks</c> when it is made.
    /// </summary>
    public TimeSpan? CompactionWindow { get; set; }

    /// <summary>
    /// Replicas that must have answered, such as LOCAL_QUORUM; null for LOCAL_ONE where there is one replica and
    /// LOCAL_QUORUM where there are more. Cassandra only.
    /// </summary>
    public string? Consistency { get; set; }

    /// <summary>Who logs in, if the connection string does not say. Cassandra only.</summary>
    public string? User { get; set; }

    /// <summary>With <see cref="User"/>, or with the user of the connection string.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password, read at each connecting; instead of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    internal TickStoreOptions WithConnectionString(string connectionString)
    {
        var copy = (TickStoreOptions)MemberwiseClone();
        copy.ConnectionString = connectionString;
        return copy;
    }
}
