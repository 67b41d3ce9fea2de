using System.Globalization;

namespace StockAspire.Otlp;

/// <summary>Faults of options in the words that their reader needs: key, limits, value.</summary>
internal static class OptionChecks
{
    public static void CheckRange(this List<string> faults, string section, string key, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{section}:{key} must be between {min} and {max}, got {value}."));
        }
    }
}
