using System.Globalization;
using System.Text;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <param name="Text">Without any escape sequence.</param>
/// <param name="Class">CSS classes; null for plain text.</param>
/// <param name="Style">A colour beyond the sixteen, made of numbers alone; null for none.</param>
public readonly record struct AnsiSpan(string Text, string? Class, string? Style);

/// <summary>
/// A terminal's colours and weights (ECMA-48 SGR) as spans. Every other escape sequence and control character is left
/// out: a line of output must not move, hide or name anything on the page. Each line begins plain.
/// </summary>
public static class AnsiText
{
    private const char Escape = '\e';
    private const int ParametersMax = 32;

    /// <summary>The first 16 of xterm's 256 colours have classes; the rest are a cube of 6 levels and 24 greys.</summary>
    private static readonly int[] CubeLevels = [0, 95, 135, 175, 215, 255];

    public static IReadOnlyList<AnsiSpan> Parse(string line)
    {
        if (!line.Any(char.IsControl))
            return line.Length == 0 ? [] : [new AnsiSpan(line, null, null)];

        var spans = new List<AnsiSpan>();
        var text = new StringBuilder();
        var style = new Style();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == Escape)
            {
                var end = SequenceEnd(line, i);
                if (line[end] == 'm' && i + 1 < end && line[i + 1] == '[')
                {
                    Flush();
                    style.Apply(line.AsSpan(i + 2, end - i - 2));
                }
                i = end;
            }
            else if (line[i] == '\t' || !char.IsControl(line[i]))
                text.Append(line[i]);
        }
        Flush();
        return spans;

        void Flush()
        {
            if (text.Length == 0)
                return;
            spans.Add(new AnsiSpan(text.ToString(), style.Class, style.Css));
            text.Clear();
        }
    }

    /// <summary>The text alone.</summary>
    public static string Strip(string line) => line.Any(char.IsControl) ? string.Concat(Parse(line).Select(span => span.Text)) : line;

    /// <summary>Index of a sequence's last character; that of the line where the sequence is cut off.</summary>
    private static int SequenceEnd(string line, int start)
    {
        var i = start + 1;
        if (i >= line.Length)
            return line.Length - 1;
        switch (line[i])
        {
            // CSI: parameters and intermediates, then one character from @ to ~.
            case '[':
                for (i++; i < line.Length; i++)
                {
                    if (line[i] is >= '@' and <= '~')
                        return i;
                }
                return line.Length - 1;
            // OSC (titles, links), DCS and the like: until BEL or ESC \.
            case ']' or 'P' or 'X' or '^' or '_':
                for (i++; i < line.Length; i++)
                {
                    if (line[i] == '\a')
                        return i;
                    if (line[i] == Escape)
                        return Math.Min(i + 1, line.Length - 1);
                }
                return line.Length - 1;
            default:
                return i;
        }
    }

    private sealed class Style
    {
        private readonly SortedSet<string> _flags = new(StringComparer.Ordinal);
        private string? _foreground;
        private string? _background;
        private string? _foregroundCss;
        private string? _backgroundCss;

        public string? Class
        {
            get
            {
                var all = string.Join(' ', _flags.Append(_foreground).Append(_background).OfType<string>());
                return all.Length == 0 ? null : all;
            }
        }

        public string? Css => _foregroundCss is null && _backgroundCss is null ? null : string.Concat(_foregroundCss, _backgroundCss);

        public void Apply(ReadOnlySpan<char> parameters)
        {
            Span<int> codes = stackalloc int[ParametersMax];
            var count = 0;
            foreach (var part in parameters.Split(';'))
            {
                if (count == ParametersMax)
                    return;
                codes[count++] = int.TryParse(parameters[part], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
            }
            for (var i = 0; i < count; i++)
                i += Apply(codes[i..count]);
        }

        /// <summary>Returns how many codes beyond the first it took.</summary>
        private int Apply(ReadOnlySpan<int> codes)
        {
            switch (codes[0])
            {
                case 0: Reset(); break;
                case 1: _flags.Add("ansi-bold"); break;
                case 2: _flags.Add("ansi-dim"); break;
                case 3: _flags.Add("ansi-italic"); break;
                case 4: _flags.Add("ansi-underline"); break;
                case 22: _flags.Remove("ansi-bold"); _flags.Remove("ansi-dim"); break;
                case 23: _flags.Remove("ansi-italic"); break;
                case 24: _flags.Remove("ansi-underline"); break;
                case >= 30 and <= 37: (_foreground, _foregroundCss) = ($"ansi-fg-{codes[0] - 30}", null); break;
                case >= 90 and <= 97: (_foreground, _foregroundCss) = ($"ansi-fg-{codes[0] - 90 + 8}", null); break;
                case 39: (_foreground, _foregroundCss) = (null, null); break;
                case >= 40 and <= 47: (_background, _backgroundCss) = ($"ansi-bg-{codes[0] - 40}", null); break;
                case >= 100 and <= 107: (_background, _backgroundCss) = ($"ansi-bg-{codes[0] - 100 + 8}", null); break;
                case 49: (_background, _backgroundCss) = (null, null); break;
                case 38: return Extended(codes, "ansi-fg-", "color", ref _foreground, ref _foregroundCss);
                case 48: return Extended(codes, "ansi-bg-", "background-color", ref _background, ref _backgroundCss);
            }
            return 0;
        }

        /// <summary><c>5;n</c> of 256 colours, or <c>2;r;g;b</c>.</summary>
        private static int Extended(ReadOnlySpan<int> codes, string classPrefix, string property, ref string? colour, ref string? css)
        {
            switch (codes)
            {
                case [_, 5, >= 0 and <= 15, ..]:
                    (colour, css) = ($"{classPrefix}{codes[2]}", null);
                    return 2;
                case [_, 5, >= 16 and <= 231, ..]:
                    var cube = codes[2] - 16;
                    (colour, css) = (null, Rgb(property, CubeLevels[cube / 36], CubeLevels[cube / 6 % 6], CubeLevels[cube % 6]));
                    return 2;
                case [_, 5, >= 232 and <= 255, ..]:
                    var grey = ((codes[2] - 232) * 10) + 8;
                    (colour, css) = (null, Rgb(property, grey, grey, grey));
                    return 2;
                case [_, 2, >= 0 and <= 255, >= 0 and <= 255, >= 0 and <= 255, ..]:
                    (colour, css) = (null, Rgb(property, codes[2], codes[3], codes[4]));
                    return 4;
                default:
                    return codes.Length - 1;
            }
        }

        private static string Rgb(string property, int red, int green, int blue) =>
            string.Create(CultureInfo.InvariantCulture, $"{property}:rgb({red},{green},{blue});");

        private void Reset()
        {
            _flags.Clear();
            _foreground = _background = _foregroundCss = _backgroundCss = null;
        }
    }
}
