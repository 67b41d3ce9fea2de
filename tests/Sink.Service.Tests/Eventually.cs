using System.Runtime.CompilerServices;

namespace StockAspire.Sink.Service.Tests;

/// <summary>Waits for conditions.</summary>
internal static class Eventually
{
    /// <summary>Generous: it is only reached by a test that fails.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Limit, $"Waited {Limit} in vain for {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
