namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>What these tests need of the checkout and of what lies beside it.</summary>
internal static class Repository
{
    /// <summary>The built assembly of a project that is started as a program.</summary>
    public static string Program(string project, string assembly) => Path.Combine(Checkout.Output(project), assembly + ".dll");

    /// <summary>A file of real trades; the test is skipped where it is absent.</summary>
    public static string RealTrades(string name)
    {
        var file = Path.Combine(Checkout.Shared, "data", name);
        Assert.SkipUnless(File.Exists(file), $"needs the real trades {file}");
        return file;
    }
}
