using System.ComponentModel.DataAnnotations;

namespace StockAspire.TickStore;

/// <summary>Section <c>Store</c>.</summary>
public sealed class TickStoreOptions
{
    public const string SectionName = "Store";

    /// <summary>Only <c>rows</c> works yet: one row a tick.</summary>
    [RegularExpression("rows", ErrorMessage = "Store:Layout must be rows, got {0}.")]
    public string Layout { get; set; } = "rows";

    /// <summary>Event time that a partition of the store covers; recorded when the store is made, fixed from then on.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ErrorMessage = "Store:BucketWidth must be between 1 minute and 1 day.")]
    public TimeSpan BucketWidth { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest wait for one request, a lock of another process included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00", ErrorMessage = "Store:RequestTimeout must be between 100 ms and 5 minutes.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
