using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>The texts that many rows share, made once. Not thread-safe.</summary>
internal sealed class RowPools
{
    private static readonly char[] ConditionSeparators = [' ', ';', '|'];

    public Utf8Pool<string> Texts { get; } = new(static text => text);

    /// <summary>Several conditions are separated by spaces, semicolons or bars.</summary>
    public Utf8Pool<ConditionSet> Conditions { get; } = new(static text =>
        ConditionSet.Of(text.Split(ConditionSeparators, StringSplitOptions.RemoveEmptyEntries)));
}
