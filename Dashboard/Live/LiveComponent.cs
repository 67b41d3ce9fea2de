using Microsoft.AspNetCore.Components;

namespace StockAspire.Dashboard.Live;

/// <summary>Is drawn again when what it shows has changed, at most ten times a second, for as long as it is shown.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    /// <summary>Faster than eyes follow is work for nothing.</summary>
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _left = new();

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>Cancelled when this component is shown no longer.</summary>
    protected CancellationToken Left => _left.Token;

    private protected abstract IEnumerable<ChangeSignal> Signals { get; }

    /// <summary>Reads again what changed, before it is drawn: once when the page has come to life, then after each change.</summary>
    protected virtual void Refresh()
    {
    }

    /// <summary>Not while prerendering: that page is a picture, thrown away at once.</summary>
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        foreach (var signal in Signals)
            _ = FollowAsync(signal, Left);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_left.IsCancellationRequested)
        {
            _left.Cancel();
            _left.Dispose();
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Draws again after each change, until cancelled.</summary>
    private protected async Task FollowAsync(ChangeSignal signal, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var next = signal.Next;
                await InvokeAsync(() =>
                {
                    Refresh();
                    StateHasChanged();
                });
                await next.WaitAsync(cancellationToken);
                await Task.Delay(RedrawInterval, Time, cancellationToken);
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
