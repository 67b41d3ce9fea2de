using System.Diagnostics;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>Waits for conditions. The limit is for a machine that does ten other things.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task ThatAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(started.Elapsed < Limit, $"{what}: not within {Limit}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
