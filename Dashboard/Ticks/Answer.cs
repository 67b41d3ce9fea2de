namespace StockAspire.Dashboard.Ticks;

/// <summary>What Query answered: a value, or a problem.</summary>
internal readonly record struct Answer<T>(T? Value, QueryProblem? Problem)
    where T : class
{
    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(QueryProblem problem) => new(null, problem);

    /// <summary>Goes on with the value, unless there is none.</summary>
    public Answer<TNext> Then<TNext>(Func<T, Answer<TNext>> next)
        where TNext : class => Value is { } value ? next(value) : Problem!;
}
