using Grpc.Core;
using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <summary>Fills a buffer with one resource's output, and comes back for as long as it is asked to.</summary>
internal sealed class ConsoleStream(ResourceClient client, string resource, TimeProvider time)
{
    private volatile string? _problem;

    public ConsoleBuffer Buffer { get; } = new();

    /// <summary>Why no lines come, for people; null where they do.</summary>
    public string? Problem => _problem;

    /// <summary>
    /// A new connection begins with all lines that are kept, so that it replaces what is here. Ends only when cancelled.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        try
        {
            while (true)
            {
                var isFirst = true;
                try
                {
                    await foreach (var lines in client.WatchConsoleAsync(resource, follows: true, cancellationToken))
                    {
                        if (isFirst)
                            Buffer.Clear();
                        isFirst = false;
                        backoff.Reset();
                        _problem = null;
                        Buffer.Append(lines);
                    }
                    Fail("the AppHost ended the stream");
                }
                catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Fail(exception.StatusCode == StatusCode.NotFound ? "the AppHost has no such resource" : ResourceClient.Explain(exception));
                }
                await backoff.WaitAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is (OperationCanceledException or RpcException))
        {
            // Nobody looks any more.
        }
    }

    private void Fail(string problem)
    {
        _problem = problem;
        Buffer.Changed.Raise();
    }
}
