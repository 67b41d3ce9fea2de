using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Pipeline;

/// <summary>Whether the store and Kafka can be reached, as their last requests found. Thread-safe.</summary>
internal sealed class Reachability
{
    public ReachableSide Store { get; } = new(Wire.PipelineSide.Store, "The tick store");

    public ReachableSide Kafka { get; } = new(Wire.PipelineSide.Kafka, "Kafka");

    public IEnumerable<Wire.PipelineProblem> Problems =>
        from side in new[] { Store, Kafka }
        let message = side.Problem
        where message is not null
        select new Wire.PipelineProblem { Side = side.Side, Message = message };
}

/// <summary>One of the two sides. Thread-safe; of calls at the same time, the last counts.</summary>
internal sealed class ReachableSide(Wire.PipelineSide side, string name)
{
    private volatile string? _problem = $"{name} has not been reached yet.";
    private volatile bool _reachedOnce;

    public Wire.PipelineSide Side => side;

    public bool ReachedOnce => _reachedOnce;

    /// <summary>What is wrong, for people; null where nothing is.</summary>
    public string? Problem => _problem;

    /// <summary>True where this is news.</summary>
    public bool Reached()
    {
        var news = _problem is not null;
        _problem = null;
        _reachedOnce = true;
        return news;
    }

    /// <summary>True where this is news.</summary>
    public bool Failed(string reason)
    {
        var problem = $"{name} cannot be reached: {reason}";
        var news = _problem != problem;
        _problem = problem;
        return news;
    }
}
