using StockAspire.Otlp.Logs;

namespace StockAspire.Dashboard.Pages.Logs;

/// <summary>A structured condition as it stands in an address: <c>OrderId~Equal~12</c>, each part escaped.</summary>
internal static class FieldFilterText
{
    public static string Format(FieldFilter filter) =>
        string.Join('~', new[] { filter.Field, filter.Operator.ToString(), filter.Value }.Select(part => Uri.EscapeDataString(part).Replace("~", "%7E", StringComparison.Ordinal)));

    /// <summary>Null for what is none: an address may be typed.</summary>
    public static FieldFilter? Parse(string? text)
    {
        string[] parts = [.. (text ?? string.Empty).Split('~').Select(Uri.UnescapeDataString)];
        return parts.Length == 3 && parts[0].Length > 0 && Enum.TryParse<FieldOperator>(parts[1], out var op) && Enum.IsDefined(op)
            ? new FieldFilter(parts[0], op, parts[2])
            : null;
    }

    public static string Symbol(FieldOperator op) => op switch
    {
        FieldOperator.Equal => "=",
        FieldOperator.NotEqual => "!=",
        FieldOperator.Contains => "contains",
        FieldOperator.NotContains => "lacks",
        FieldOperator.Greater => ">",
        FieldOperator.GreaterOrEqual => ">=",
        FieldOperator.Less => "<",
        _ => "<=",
    };
}
