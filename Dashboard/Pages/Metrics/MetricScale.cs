namespace StockAspire.Dashboard.Pages.Metrics;

/// <summary>A round range for a chart's values: from zero where nothing is below, in 4 or 5 steps of 1, 2 or 5 by a power of ten.</summary>
internal sealed record MetricScale(double Min, double Max, double Step)
{
    public IEnumerable<double> Marks => Enumerable.Range(0, (int)Math.Round((Max - Min) / Step) + 1).Select(i => Min + i * Step);

    public static MetricScale Of(IEnumerable<double> values)
    {
        double low = 0, high = 0;
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        var range = high - low;
        if (range <= 0 || !double.IsFinite(range))
        {
            return new MetricScale(0, 1, 0.25);
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(range / 4)));
        var step = (range / 4 / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        return new MetricScale(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }

    /// <summary>0 at the bottom, 1 at the top.</summary>
    public double Share(double value) => Math.Clamp((value - Min) / (Max - Min), 0, 1);
}
