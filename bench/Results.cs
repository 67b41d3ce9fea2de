using System.Globalization;

namespace StockAspire.Bench;

/// <summary>Figures by load and contender; round 0 is the warm-up and counts for nothing.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Load, string Contender), List<double>> _values = [];
    private readonly List<string> _loads = [];

    public void Add(int round, string load, string contender, double value)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}  {load,-46} {contender,-24} {value,12:#,0.##}{(round == 0 ? "   warm-up" : "")}"));
        if (round == 0)
        {
            return;
        }

        if (!_loads.Contains(load))
        {
            _loads.Add(load);
        }

        if (!_values.TryGetValue((load, contender), out var values))
        {
            _values[(load, contender)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>A line for each load and contender: the median of its rounds, and its ratio to the baselines'.</summary>
    public void PrintMedians(IReadOnlyList<string> contenders, IReadOnlyList<string> baselines)
    {
        foreach (var load in _loads)
        {
            Console.WriteLine();
            Console.WriteLine(load);
            foreach (var contender in contenders.Where(c => _values.ContainsKey((load, c))))
            {
                var median = Median(load, contender);
                var ratios = baselines
                    .Where(c => c != contender && _values.ContainsKey((load, c)))
                    .Select(c => string.Create(CultureInfo.InvariantCulture, $"{median / Median(load, c):f2} of {c}"));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {contender,-24} {median,12:#,0.##}   {string.Join("; ", ratios)}"));
            }
        }
    }

    private double Median(string load, string contender)
    {
        var sorted = _values[(load, contender)].Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
