namespace StockAspire.LocalHosting;

/// <summary>Aspire's names of the commands.</summary>
public static class KnownResourceCommands
{
    public static readonly string StartCommand = "resource-start";
    public static readonly string StopCommand = "resource-stop";
    public static readonly string RestartCommand = "resource-restart";

    internal static IReadOnlyList<string> All { get; } = [StartCommand, StopCommand, RestartCommand];

    internal static ResourceCommandKind? Find(string name) =>
        name == StartCommand ? ResourceCommandKind.Start
        : name == StopCommand ? ResourceCommandKind.Stop
        : name == RestartCommand ? ResourceCommandKind.Restart
        : null;
}
