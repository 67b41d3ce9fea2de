using System.Globalization;
using System.Runtime.ExceptionServices;
using Grpc.Core;
using StockAspire.Cli.Servers;
using StockAspire.Feeds;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>
/// Streams a source's frames to Ingest and waits for their acknowledgements. A broken connection is opened again with
/// back-off, and what was not acknowledged is sent again in order: the identities make that harmless.
/// </summary>
/// <param name="patience">How long it may get no acknowledgement, or no connection, before it gives up.</param>
/// <param name="note">Takes lines for people.</param>
internal sealed class TickUpload(Server server, StreamOpen open, FeedFrames feed, RejectLog rejects, TimeSpan patience, TimeProvider time, Action<string> note)
{
    /// <summary>Interrupted, it waits so long for what is on its way.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Frames that fit a small window at least, so that one is on its way while another is acknowledged.</summary>
    private const int FramesInWindow = 4;

    private TimeSpan _backoff = BackoffMin;
    private bool _hasStarted;
    private volatile bool _isThrottled;
    private volatile bool _isBroken;
    private long _brokenAt;

    public SentFrames Sent { get; } = new(time);

    /// <summary>Sequences up to here were sealed before; 0 for a new source, since a file's rows are numbered from 1.</summary>
    public ulong SealedBefore { get; private set; }

    /// <summary>Whether it waits for a server that is slow, or gone.</summary>
    public bool IsWaiting => _isThrottled || _isBroken;

    /// <summary>Until everything is acknowledged, or, once <paramref name="stop"/> is cancelled, until what was sent is.</summary>
    /// <exception cref="RpcException">The server refuses the stream, or cannot be reached.</exception>
    /// <exception cref="CliException">The server answers, but acknowledges nothing.</exception>
    /// <exception cref="FeedException">The file cannot be read on; what was read before is acknowledged.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await StreamAsync(stop);
                return;
            }
            catch (RpcException error) when (IsPassing(error) && !stop.IsCancellationRequested && HasPatience())
            {
                await BackOffAsync(error, stop);
            }
            catch (Exception error) when (stop.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                // Whatever it was: nobody waits for it any more, and what is not acknowledged is sent again next time.
                return;
            }
        }
    }

    private async Task StreamAsync(CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        using var call = server.Invoker.AsyncDuplexStreamingCall(UploadMethod.StreamTicks, null, new CallOptions(cancellationToken: end.Token));
        await OpenAsync(call, stop);
        using var drain = stop.Register(() => end.CancelAfter(Drain));
        using var watch = time.CreateTimer(_ => EndIfStalled(end), null, WatchInterval, WatchInterval);
        var reading = ReadAsync(call.ResponseStream, over);
        var feedError = await SendAllAsync(call.RequestStream, over.Token, stop);
        try
        {
            await reading;
        }
        catch (RpcException) when (end.IsCancellationRequested)
        {
            // Ours: it has waited long enough.
            ThrowIfStalled();
            return;
        }

        if (!Sent.IsEmpty)
        {
            throw Passing("The server ended the stream before everything was acknowledged.");
        }

        feedError?.Throw();
    }

    /// <summary>Says who streams, and learns what is sealed already; the first time that is where the file is read from.</summary>
    private async Task OpenAsync(AsyncDuplexStreamingCall<UploadMessage, StreamTicksResponse> call, CancellationToken stop)
    {
        var again = Sent.ToSendAgain();
        open.FirstSequence = again.Length > 0 ? again[0].First : Math.Max(Sent.AcknowledgedThrough, SealedBefore) + 1;
        try
        {
            await call.RequestStream.WriteAsync(UploadMessage.Of(open), CancellationToken.None);
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or IOException or HttpRequestException)
        {
            // The call has ended already; reading it says why.
        }

        try
        {
            if (!await call.ResponseStream.MoveNext(stop).WaitAsync(OpenTimeout, time, CancellationToken.None))
            {
                throw Passing("The server ended the stream without an answer.");
            }
        }
        catch (TimeoutException)
        {
            throw Passing("The server did not answer in time.");
        }

        if (call.ResponseStream.Current.Opened is not { } opened)
        {
            throw CliException.Failure($"{Failure.Show(server.Address)} answered {call.ResponseStream.Current.MessageCase} where Opened was expected. Is it an Ingest service, and of this version?");
        }

        Sent.Window = opened.MaxInFlight;
        if (opened.Known)
        {
            Sent.Acknowledge(opened.LastSequence);
        }

        if (Sent.IsEmpty)
        {
            _isBroken = false;
        }

        if (!_hasStarted)
        {
            _hasStarted = true;
            SealedBefore = opened.Known ? opened.LastSequence : 0;
            feed.Start(SealedBefore + 1, opened.MaxInFlight / FramesInWindow, stop);
        }
    }

    /// <summary>Sends to the end of the file, until stopped, or until the stream is over. Returns what is wrong with the file.</summary>
    private async Task<ExceptionDispatchInfo?> SendAllAsync(IClientStreamWriter<UploadMessage> requests, CancellationToken over, CancellationToken stop)
    {
        ExceptionDispatchInfo? feedError = null;
        try
        {
            foreach (var frame in Sent.ToSendAgain())
            {
                await requests.WriteAsync(UploadMessage.Of(frame), CancellationToken.None);
            }

            try
            {
                await SendNewAsync(requests, over, stop);
            }
            catch (FeedException error)
            {
                feedError = ExceptionDispatchInfo.Capture(error);
            }

            await requests.CompleteAsync();
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or IOException or HttpRequestException or OperationCanceledException)
        {
            // The stream is over; reading it says why.
        }

        return feedError;
    }

    private async Task SendNewAsync(IClientStreamWriter<UploadMessage> requests, CancellationToken over, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, stop);
        try
        {
            while (await feed.Frames.WaitToReadAsync(either.Token))
            {
                while (feed.Frames.TryPeek(out var frame))
                {
                    // Taken from the channel only once it is kept for sending again.
                    await Sent.AddAsync(frame, either.Token);
                    feed.Frames.TryRead(out _);
                    await requests.WriteAsync(UploadMessage.Of(frame), CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !over.IsCancellationRequested)
        {
            // Interrupted: what was sent still gets its acknowledgement.
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<StreamTicksResponse> answers, CancellationTokenSource over)
    {
        try
        {
            while (await answers.MoveNext(CancellationToken.None))
            {
                var answer = answers.Current;
                switch (answer.MessageCase)
                {
                    case StreamTicksResponse.MessageOneofCase.Ack:
                        _isThrottled = false;
                        _isBroken = false;
                        _backoff = BackoffMin;
                        Sent.Acknowledge(answer.Ack.ThroughSequence);
                        break;
                    case StreamTicksResponse.MessageOneofCase.Reject when Sent.IsNewReject(answer.Reject.Sequence):
                        rejects.Add(answer.Reject);
                        break;
                    case StreamTicksResponse.MessageOneofCase.Throttle:
                        _isThrottled = true;
                        break;
                }
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private void EndIfStalled(CancellationTokenSource end)
    {
        if (Sent.Silence > patience)
        {
            end.Cancel();
        }
    }

    private void ThrowIfStalled()
    {
        if (Sent.Silence > patience)
        {
            throw CliException.Unreachable(string.Create(
                CultureInfo.InvariantCulture,
                $"{Failure.Show(server.Address)} has acknowledged nothing for {patience.TotalSeconds:0.#} s. `stockaspire status` shows what is down; the same command goes on from row {Sent.AcknowledgedThrough + 1}."));
        }
    }

    /// <summary>Whether trying again may help: the connection broke, or what is behind the server is down.</summary>
    private bool IsPassing(RpcException error) => error.StatusCode switch
    {
        // The first connection is refused at once where nobody listens: a typing error should not take minutes to show.
        StatusCode.Unavailable => _hasStarted || Failure.Reason(error).Length > 0,

        // Made on this side, out of a broken connection.
        StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown => _hasStarted && error.Status.DebugException is not null,
        _ => false,
    };

    private static RpcException Passing(string detail) => new(new Status(StatusCode.Unavailable, detail, new IOException(detail)));

    private bool HasPatience() => !_isBroken || time.GetElapsedTime(Volatile.Read(ref _brokenAt)) < patience;

    private async Task BackOffAsync(RpcException error, CancellationToken stop)
    {
        if (!_isBroken)
        {
            Volatile.Write(ref _brokenAt, time.GetTimestamp());
            _isBroken = true;
            note($"The stream broke ({error.Status.Detail}); trying again from row {Sent.AcknowledgedThrough + 1}.");
        }

        await Task.Delay(_backoff, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _backoff = _backoff * 2 < BackoffMax ? _backoff * 2 : BackoffMax;
    }
}
