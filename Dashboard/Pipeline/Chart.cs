using System.Globalization;
using System.Text;

namespace StockAspire.Dashboard.Pipeline;

/// <summary>One line of a small chart.</summary>
/// <param name="Values">Oldest first; null is a gap.</param>
public sealed record ChartLine(string Name, string Class, IReadOnlyList<double?> Values);

/// <summary>Lines to SVG paths. Pure.</summary>
public static class Chart
{
    public const int Width = 300;
    public const int Height = 60;

    private static readonly int[] Steps = [1, 2, 5, 10];

    /// <summary>The top of the scale: the next of 1, 2, 5 times a power of ten, at least 1.</summary>
    public static double Ceiling(double max)
    {
        if (max <= 1)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(max)));
        return Steps.Select(step => step * power).First(top => top >= max * 0.999999);
    }

    /// <summary>The newest value is at the right edge, and each older one a fixed step to its left.</summary>
    public static string Path(IReadOnlyList<double?> values, int capacity, double top)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
            {
                isDrawing = false;
                continue;
            }
            var x = Width - ((values.Count - 1 - i) * (double)Width / (capacity - 1));
            var y = Height - 1 - (Math.Clamp(value / top, 0, 1) * (Height - 2));
            path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{x:0.#},{y:0.#}");
            isDrawing = true;
        }
        return path.ToString();
    }
}
