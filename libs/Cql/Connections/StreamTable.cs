namespace StockAspire.Cql.Connections;

/// <summary>Which request has which stream id. The ids given back last are used first. Under the connection's lock.</summary>
internal sealed class StreamTable
{
    private readonly PendingRequest?[] _requests;
    private readonly short[] _free;
    private int _freeCount;

    public StreamTable(int size)
    {
        _requests = new PendingRequest?[size];
        _free = new short[size];
        for (var id = size - 1; id >= 0; id--)
            _free[_freeCount++] = (short)id;
    }

    /// <summary>Orphans among them.</summary>
    public int Count => _requests.Length - _freeCount;

    public ReadOnlySpan<PendingRequest?> Requests => _requests;

    /// <exception cref="InvalidOperationException">All are taken: whoever adds must have been let in first.</exception>
    public short Add(PendingRequest request)
    {
        if (_freeCount == 0)
            throw new InvalidOperationException($"All {_requests.Length} stream ids are taken.");

        var id = _free[--_freeCount];
        _requests[id] = request;
        return id;
    }

    /// <summary>Null if nobody waits for an answer under this id.</summary>
    public PendingRequest? Remove(short id)
    {
        if (id < 0 || id >= _requests.Length || _requests[id] is not { } request)
            return null;

        _requests[id] = null;
        _free[_freeCount++] = id;
        return request;
    }
}
