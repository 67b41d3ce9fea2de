using System.Diagnostics;

namespace StockAspire.Otlp.Tests;

/// <summary>Waits for a condition, with a limit that only a broken one reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task HoldsAsync(Func<bool> condition, Func<string> otherwise)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, otherwise());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
