using System.CommandLine;

namespace StockAspire.Cli.Verbs;

/// <summary>Symbols as an argument: divided by commas or blanks, each once, 1 to 1,000.</summary>
internal static class SymbolList
{
    public const string All = "*";
    private const int SymbolsMax = 1_000;

    public static Argument<string[]> Argument(string description) => new("SYMBOLS")
    {
        Description = description,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <exception cref="CliException">None are left, or too many.</exception>
    public static string[] Parse(string[] tokens)
    {
        string[] symbols = [.. tokens
            .SelectMany(token => token.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal)];
        return symbols.Length switch
        {
            0 => throw CliException.Usage("SYMBOLS: expected at least one, such as SPY,IBM; got none."),
            > SymbolsMax => throw CliException.Usage($"SYMBOLS: expected at most {SymbolsMax:N0}, got {symbols.Length:N0}."),
            _ => symbols,
        };
    }
}
