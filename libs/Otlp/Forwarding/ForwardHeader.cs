using System.Text.RegularExpressions;

namespace StockAspire.Otlp.Forwarding;

/// <summary>A header for the receiver that telemetry is passed on to. The value may be a secret: no ToString shows it.</summary>
internal sealed partial class ForwardHeader(string name, string value)
{
    public string Name { get; } = name;

    public string Value { get; } = value;

    public override string ToString() => Name;

    /// <summary>
    /// <c>name=value,name=value</c>; names become lower case, as HTTP/2 has them. Nothing at all is no header; null is what
    /// cannot be read.
    /// </summary>
    public static IReadOnlyList<ForwardHeader>? Parse(string? text)
    {
        var headers = new List<ForwardHeader>();
        foreach (var part in (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !HeaderName().IsMatch(part.AsSpan(0, equals)))
            {
                return null;
            }

            headers.Add(new ForwardHeader(part[..equals].ToLowerInvariant(), part[(equals + 1)..].Trim()));
        }

        return headers;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,128}\z")]
    private static partial Regex HeaderName();
}
