namespace StockAspire.Cql.Tests.Fakes;

/// <summary>Waits for a condition, generously: a test that waits in vain fails with what it waited for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    public static async Task IsTrueAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(WaitMax);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited {WaitMax} in vain: {what}");
            await Task.Delay(5);
        }
    }
}
