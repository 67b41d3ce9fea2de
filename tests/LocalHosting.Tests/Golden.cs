namespace StockAspire.LocalHosting.Tests;

/// <summary>Checked-in files that say what must come out, word for word.</summary>
internal static class Golden
{
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));
}
