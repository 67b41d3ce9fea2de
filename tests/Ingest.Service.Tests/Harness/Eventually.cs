namespace StockAspire.Ingest.Service.Tests.Harness;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Asks again until the answer satisfies the condition; fails with the last answer after a generous limit.</summary>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Func<T, bool> condition)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (condition(answer))
            {
                return answer;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Limit, $"The last answer was {answer}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
