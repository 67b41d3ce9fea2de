using System.Diagnostics;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>Waits for a condition with a generous limit; never a sleep instead of a condition.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>Polls until <paramref name="probe"/> gives something; what it threw last is told when the time is over.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, TimeSpan limit)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < limit)
        {
            try
            {
                if (await probe() is { } value)
                {
                    return value;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                last = exception;
            }

            await Task.Delay(Between, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{what}: not within {limit.TotalSeconds} s. {last?.Message}", last);
    }

    public static Task TrueAsync(string what, Func<Task<bool>> probe, TimeSpan limit) =>
        GetAsync(what, async () => await probe() ? what : null, limit);
}
