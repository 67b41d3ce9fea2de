using System.Globalization;
using System.Text.RegularExpressions;

namespace StockAspire.Bench.Cassandra;

/// <summary>
/// A line of figures as the peers print it: <c>name rows=5 s=1.00 rows/s=5 client_cores=0.10 server_cores=1.50 client_peak_MB=60</c>,
/// or with <c>p50=</c> and <c>p99=</c> in microseconds.
/// </summary>
internal sealed partial class Measured
{
    private readonly Dictionary<string, double> _figures;

    private Measured(string name, Dictionary<string, double> figures)
    {
        Name = name;
        _figures = figures;
    }

    public string Name { get; }

    public double Rows => _figures["rows"];

    public double RowsPerSecond => _figures["rows/s"];

    /// <summary>Microseconds of the client's CPU for a row.</summary>
    public double ClientUsPerRow => UsPerRow("client_cores");

    public double ServerUsPerRow => UsPerRow("server_cores");

    public double PeakMb => _figures["client_peak_MB"];

    /// <summary>Managed bytes allocated for a row; null where it was not measured.</summary>
    public double? AllocatedPerRow => _figures.TryGetValue("allocated_B/row", out var bytes) ? bytes : null;

    public bool HasRate => _figures.ContainsKey("rows/s");

    public double P50Us => _figures["p50"];

    public double P99Us => _figures["p99"];

    /// <summary>Null for a line without figures.</summary>
    public static Measured? Parse(string line)
    {
        var matches = Figure().Matches(line);
        return matches.Count == 0
            ? null
            : new Measured(
                line[..matches[0].Index].Trim(),
                matches.ToDictionary(m => m.Groups[1].Value, m => double.TryParse(m.Groups[2].Value, CultureInfo.InvariantCulture, out var value) ? value : double.NaN));
    }

    private double UsPerRow(string cores) => _figures[cores] * _figures["s"] / _figures["rows"] * 1e6;

    [GeneratedRegex(@"(\S+)=(\S+)")]
    private static partial Regex Figure();
}
