using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace StockAspire.Tests;

/// <summary>
/// Waits for conditions, in every test project. A condition that throws does not hold yet (a server may still be starting); an
/// assertion that fails in it ends the wait at once. A wait in vain fails with what it was for and what was seen last.
/// </summary>
internal static class Eventually
{
    /// <summary>Only a test that fails reaches it: generous, for a machine that does ten other things.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at least this, and four times as long as a look took: looking takes no more than a fifth of the time.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    /// <summary>For a condition that says by itself what is waited for.</summary>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => TrueAsync(what, condition);

    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? limit = null) =>
        BecomesAsync(what, condition, isTrue => isTrue, limit);

    public static Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null) =>
        PollAsync(what, condition, isTrue => isTrue, limit);

    /// <summary>Waits until <paramref name="probe"/> gives something.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, TimeSpan? limit = null)
        where T : class => (await PollAsync(what, probe, value => value is not null, limit))!;

    /// <summary>Waits until what is asked for is as wanted, and returns it.</summary>
    public static Task<T> BecomesAsync<T>(string what, Func<T> ask, Func<T, bool> condition, TimeSpan? limit = null) =>
        PollAsync(what, () => Task.FromResult(ask()), condition, limit);

    /// <inheritdoc cref="BecomesAsync{T}(string, Func{T}, Func{T, bool}, TimeSpan?)"/>
    public static Task<T> BecomesAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> condition, TimeSpan? limit = null) => PollAsync(what, ask, condition, limit);

    private static async Task<T> PollAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> condition, TimeSpan? limit)
    {
        var clock = Stopwatch.StartNew();
        object? seen;
        do
        {
            var start = clock.Elapsed;
            try
            {
                var answer = await ask();
                if (condition(answer))
                {
                    return answer;
                }

                seen = answer;
            }
            catch (Exception exception) when (exception is not IAssertionException)
            {
                seen = exception;
            }

            var pause = 4 * (clock.Elapsed - start);
            await Task.Delay(pause < PauseMin ? PauseMin : pause > PauseMax ? PauseMax : pause, TestContext.Current.CancellationToken);
        }
        while (clock.Elapsed < (limit ?? Limit));

        throw new TimeoutException($"{what}: not within {limit ?? Limit}. Seen last: {(seen as Exception)?.Message ?? seen}", seen as Exception);
    }
}
