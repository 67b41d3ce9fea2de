namespace StockAspire.Feeds.Mapping;

/// <summary>The fields of a tick that a column or a constant can be mapped to.</summary>
public enum FeedField
{
    Symbol,
    Time,
    Price,
    Size,
    Venue,
    Conditions,
}
