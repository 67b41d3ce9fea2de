using System.Threading.Tasks.Sources;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Connections;

/// <summary>
/// A request on its way. Its answer, its deadline, its cancellation and the end of its connection race: the first decides. One
/// that was decided without its answer keeps its stream id until that came, and is an orphan meanwhile.
/// </summary>
internal sealed class PendingRequest(Opcode opcode, long deadline) : IValueTaskSource<ResponseBody>
{
    private ManualResetValueTaskSourceCore<ResponseBody> _core = new() { RunContinuationsAsynchronously = true };
    private int _isDecided;

    public Opcode Opcode { get; } = opcode;

    /// <summary>Timestamp of the clock.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>Where the request ends in all that the connection was ever given to send.</summary>
    public long EndPosition { get; set; }

    /// <summary>Nobody's request: it takes no place among those in flight.</summary>
    public bool IsHeartbeat { get; init; }

    public bool IsDecided => Volatile.Read(ref _isDecided) != 0;

    /// <summary>Under the connection's lock.</summary>
    public bool IsOrphan { get; set; }

    public ValueTask<ResponseBody> Answer => new(this, _core.Version);

    public bool TryAnswer(ResponseBody body)
    {
        if (!TryDecide())
            return false;
        _core.SetResult(body);
        return true;
    }

    public bool TryFail(Exception exception)
    {
        if (!TryDecide())
            return false;
        _core.SetException(exception);
        return true;
    }

    ResponseBody IValueTaskSource<ResponseBody>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ResponseBody>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ResponseBody>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool TryDecide() => Interlocked.Exchange(ref _isDecided, 1) == 0;
}
