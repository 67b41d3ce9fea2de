namespace StockAspire.Dashboard.Pages.Metrics;

/// <summary>Dimension filters as they stand in an address: <c>http.route~GET</c>, each part escaped, one for each value.</summary>
internal static class DimensionText
{
    public static string Format(string key, string value) => $"{Escape(key)}~{Escape(value)}";

    /// <summary>What is no filter is left out: an address may be typed.</summary>
    public static Dictionary<string, IReadOnlySet<string>> Parse(IEnumerable<string>? texts) =>
        (texts ?? []).Select(text => text.Split('~')).Where(parts => parts.Length == 2)
            .GroupBy(parts => Uri.UnescapeDataString(parts[0]), parts => Uri.UnescapeDataString(parts[1]))
            .ToDictionary(group => group.Key, group => (IReadOnlySet<string>)group.ToHashSet());

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("~", "%7E", StringComparison.Ordinal);
}
