using Microsoft.AspNetCore.Components;
using StockAspire.Dashboard.Live;
using StockAspire.Otlp;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>Is drawn again on each of its occasions, for as long as it is shown.</summary>
public abstract class TelemetryComponent : LiveComponent
{
    /// <summary>However much telemetry comes: a page may search all that is kept each time.</summary>
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Rests after work, by its length: a page has a tenth of a core at most.</summary>
    private const int RestPerWork = 9;

    [Inject]
    protected TelemetryStore Store { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>By <see cref="After"/> and <see cref="Each"/>.</summary>
    private protected abstract IEnumerable<IAsyncEnumerable<long>> Occasions { get; }

    private protected override IEnumerable<ChangeSignal> Signals => [];

    protected override void OnParametersSet() => Refresh();

    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (!firstRender)
        {
            return;
        }

        foreach (var occasion in Occasions)
        {
            _ = FollowAsync(occasion, Left);
        }
    }

    /// <summary>After telemetry of a signal has come, at most twice a second.</summary>
    private protected IAsyncEnumerable<long> After(SignalStore signal) => signal.Changes.WatchAsync(RedrawInterval, Time, Left);

    /// <summary>As the clock moves, whether anything comes or not.</summary>
    private protected async IAsyncEnumerable<long> Each(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, Time);
        for (var tick = 0L; ; tick++)
        {
            yield return tick;
            await timer.WaitForNextTickAsync(Left);
        }
    }

    /// <summary>This page under other query parameters; null takes one away.</summary>
    protected void Show(params (string Name, object? Value)[] parameters) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value)), replace: true);

    private async Task FollowAsync(IAsyncEnumerable<long> occasion, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in occasion)
            {
                var started = Time.GetTimestamp();
                await InvokeAsync(() =>
                {
                    Refresh();
                    StateHasChanged();
                });
                await Task.Delay(Time.GetElapsedTime(started) * RestPerWork, Time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Shown no longer.
        }
        catch (ObjectDisposedException)
        {
            // The circuit ended between two changes.
        }
    }
}
