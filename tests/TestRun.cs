namespace StockAspire.Tests;

/// <summary>How thorough this run of the tests is, and what its chance is drawn from: STOCKASPIRE_LONG=1 and STOCKASPIRE_SEED.</summary>
internal static class TestRun
{
    /// <summary>By ./test.sh --long.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("STOCKASPIRE_LONG") is "1";

    /// <summary>A failing test names it, so that the next run can be given the same.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("STOCKASPIRE_SEED"), out var given) ? given : Environment.TickCount;
}
