using StockAspire.Dashboard.Live;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Pipeline;

/// <summary>What Query last said, and the last minutes of it. One writer, any number of readers.</summary>
internal sealed class PipelineFeed(TimeProvider time)
{
    /// <summary>Five minutes at a sample each second.</summary>
    public const int SamplesMax = 300;

    private readonly Lock _lock = new();
    private readonly Queue<PipelineSample> _samples = new(SamplesMax);
    private volatile Connection _connection = new(ConnectionState.None, time.GetUtcNow());
    private volatile GetPipelineStatusResponse? _last;

    public ChangeSignal Changed { get; } = new();

    public Connection Connection => _connection;

    /// <summary>The newest answer, also after Query has gone; null before the first.</summary>
    public GetPipelineStatusResponse? Last => _last;

    /// <summary>Oldest first, one for each time that Query was asked.</summary>
    public IReadOnlyList<PipelineSample> History
    {
        get
        {
            lock (_lock)
                return [.. _samples];
        }
    }

    public void Connecting() => Set(new Connection(ConnectionState.Connecting, time.GetUtcNow()));

    public void Answered(GetPipelineStatusResponse status)
    {
        _last = status;
        Keep(status);
        Set(_connection.Succeed(time.GetUtcNow()));
    }

    public void Lost(string reason)
    {
        Keep(null);
        Set(_connection.Lose(time.GetUtcNow(), reason));
    }

    private void Keep(GetPipelineStatusResponse? status)
    {
        lock (_lock)
        {
            if (_samples.Count == SamplesMax)
                _samples.Dequeue();
            _samples.Enqueue(new PipelineSample(time.GetUtcNow(), status));
        }
    }

    private void Set(Connection connection)
    {
        _connection = connection;
        Changed.Raise();
    }
}
