namespace StockAspire.LocalHosting;

/// <summary>Aspire's names of the commands.</summary>
internal static class ResourceCommandNames
{
    internal const string Start = "resource-start";
    internal const string Stop = "resource-stop";
    internal const string Restart = "resource-restart";

    internal static IReadOnlyList<string> All { get; } = [Start, Stop, Restart];

    internal static ResourceCommandKind? Find(string name) => name switch
    {
        Start => ResourceCommandKind.Start,
        Stop => ResourceCommandKind.Stop,
        Restart => ResourceCommandKind.Restart,
        _ => null,
    };
}
