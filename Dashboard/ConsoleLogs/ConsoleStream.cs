using Grpc.Core;
using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <summary>Fills a buffer with one resource's output, and comes back for as long as it is asked to.</summary>
internal sealed class ConsoleStream(ResourceClient client, string resource, TimeProvider time)
{
    private volatile string? _problem;
    private volatile bool _isConnected;

    public ConsoleBuffer Buffer { get; } = new();

    /// <summary>Why no lines come, for people; null where they do.</summary>
    public string? Problem => _problem;

    /// <summary>The AppHost serves, whether or not there are lines.</summary>
    public bool IsConnected => _isConnected;

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
                        _isConnected = true;
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
        _isConnected = false;
        Buffer.Changed.Raise();
    }
}
