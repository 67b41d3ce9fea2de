namespace StockAspire.Feeds.Mapping;

/// <summary>Where a field's value comes from: a column by its header, or the same text for every row.</summary>
public readonly record struct FieldSource(string Text, bool IsConstant)
{
    /// <summary>As in a mapping: <c>Close</c> is a column, <c>=SPY</c> a constant.</summary>
    public override string ToString() => IsConstant ? "=" + Text : Text;
}
