using Microsoft.AspNetCore.Components;
using StockAspire.Dashboard.Live;
using StockAspire.Otlp;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>Is drawn again after telemetry has come, at most twice a second, for as long as it is shown and not paused.</summary>
public abstract class TelemetryComponent : LiveComponent
{
    /// <summary>A page may search ten thousand records each time.</summary>
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(500);

    [Inject]
    protected TelemetryStore Store { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>What is shown stays as it is until this is false again.</summary>
    protected bool IsPaused { get; private set; }

    protected abstract TelemetryChanges Changes { get; }

    private protected override IEnumerable<ChangeSignal> Signals => [];

    protected override void OnParametersSet() => Refresh();

    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (firstRender)
        {
            _ = FollowAsync();
        }
    }

    protected void TogglePause()
    {
        IsPaused = !IsPaused;
        Refresh();
    }

    /// <summary>This page under other query parameters; null takes one away.</summary>
    protected void Show(params (string Name, object? Value)[] parameters) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value)), replace: true);

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var _ in Changes.WatchAsync(RedrawInterval, Time, Left))
            {
                if (!IsPaused)
                {
                    await InvokeAsync(() =>
                    {
                        Refresh();
                        StateHasChanged();
                    });
                }
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
