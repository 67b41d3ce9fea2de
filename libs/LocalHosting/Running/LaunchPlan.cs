namespace StockAspire.LocalHosting;

/// <summary>What one process is given at its start.</summary>
/// <param name="Arguments">Behind those of its command.</param>
/// <param name="Environment">Over the AppHost's own. It holds secrets.</param>
internal sealed record LaunchPlan(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    internal static LaunchPlan Empty { get; } = new([], new Dictionary<string, string>());
}
