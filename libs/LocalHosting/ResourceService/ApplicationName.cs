namespace StockAspire.LocalHosting;

/// <summary>What a dashboard calls the application: the AppHost's assembly without its last part.</summary>
internal sealed record ApplicationName(string Value)
{
    private const string Suffix = ".AppHost";

    internal static ApplicationName Of(string assembly) =>
        new(assembly.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? assembly[..^Suffix.Length] : assembly);
}
