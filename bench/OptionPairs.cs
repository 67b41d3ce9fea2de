using System.Globalization;

namespace StockAspire.Bench;

/// <summary>A verb's options: pairs of name and value.</summary>
internal static class OptionPairs
{
    /// <param name="arguments">The pairs.</param>
    /// <param name="options">Those that stand where no pair says otherwise.</param>
    /// <param name="with">The options with one more pair; null where there is no option of that name.</param>
    public static T Read<T>(IReadOnlyList<string> arguments, T options, Func<T, string, string, T?> with)
        where T : class
    {
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            options = with(options, arguments[i], arguments[i + 1]) ?? throw new ArgumentException($"Unknown option {arguments[i]}; see --help.");
        }

        return arguments.Count % 2 == 0 ? options : throw new ArgumentException($"{arguments[^1]} lacks its value.");
    }

    public static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    /// <summary>Names between commas, each of them one of these.</summary>
    public static string[] Loads(string text, IReadOnlyList<string> all)
    {
        var loads = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return loads.FirstOrDefault(load => !all.Contains(load)) is { } unknown
            ? throw new ArgumentException($"Unknown load {unknown}; there are {string.Join(", ", all)}.")
            : loads;
    }
}
