using System.Text;

namespace StockAspire.Feeds.Rows;

/// <summary>Names of attributes from column headers: <c>Adj Close</c> is adj_close, <c>CloseUSD</c> close_usd.</summary>
internal static class SnakeCase
{
    public static string Of(string header)
    {
        var name = new StringBuilder(header.Length + 4);
        for (var i = 0; i < header.Length; i++)
        {
            var c = header[i];
            if (!char.IsLetterOrDigit(c))
            {
                Divide(name);
                continue;
            }

            // A word begins at a capital after a small letter or digit, and at the last capital before a small letter.
            if (char.IsUpper(c) && i > 0 &&
                (char.IsLower(header[i - 1]) || char.IsDigit(header[i - 1]) ||
                    (char.IsUpper(header[i - 1]) && i + 1 < header.Length && char.IsLower(header[i + 1]))))
            {
                Divide(name);
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString().TrimEnd('_');
    }

    private static void Divide(StringBuilder name)
    {
        if (name.Length > 0 && name[^1] != '_')
        {
            name.Append('_');
        }
    }
}
