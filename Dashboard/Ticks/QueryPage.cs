using Microsoft.AspNetCore.Components;
using StockAspire.Dashboard.Live;

namespace StockAspire.Dashboard.Ticks;

/// <summary>Asks Query when its address changes, and again every two seconds for as long as Query is away.</summary>
public abstract class QueryPage : LiveComponent
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private CancellationTokenSource? _asking;

    [Inject]
    private protected QueryClient Query { get; set; } = default!;

    /// <summary>Why there was no answer to what was asked last; null where there was, or none is there yet.</summary>
    private protected QueryProblem? Problem { get; private set; }

    protected bool IsAsking { get; private set; }

    private protected override IEnumerable<ChangeSignal> Signals => [];

    /// <summary>Sets what is shown, unless cancelled meanwhile: then its page has moved on.</summary>
    private protected abstract Task<QueryProblem?> AskAsync(CancellationToken cancellationToken);

    /// <summary>Not while prerendering: that page is a picture, thrown away at once.</summary>
    protected override void OnParametersSet()
    {
        if (RendererInfo.IsInteractive)
            Ask();
    }

    protected void Ask()
    {
        _asking?.Cancel();
        _asking?.Dispose();
        _asking = CancellationTokenSource.CreateLinkedTokenSource(Left);
        _ = AskAgainAsync(_asking.Token);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _asking?.Dispose();
    }

    private async Task AskAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                IsAsking = true;
                StateHasChanged();
                var problem = await AskAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                (Problem, IsAsking) = (problem, false);
                StateHasChanged();
                if (problem is { IsPassing: true })
                    await Task.Delay(RetryInterval, Time, cancellationToken);
            }
            while (Problem is { IsPassing: true });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked for something else by now, or shown no longer.
        }
        catch (Exception error)
        {
            await DispatchExceptionAsync(error);
        }
    }
}
