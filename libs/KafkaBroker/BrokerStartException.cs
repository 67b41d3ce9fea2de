namespace StockAspire.KafkaBroker;

/// <summary>The broker cannot start, for a reason that its user can mend; the message is one line for people.</summary>
public sealed class BrokerStartException : Exception
{
    private BrokerStartException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static BrokerStartException Option(string key, object? value, string problem, Exception? inner = null) =>
        new($"{key} is {value ?? "missing"}: {problem}", inner);

    internal static BrokerStartException PortTaken(string host, int port, Exception inner) =>
        new($"Port {port} on {host} is taken by another program; choose another with --port.", inner);

    internal static BrokerStartException CannotListen(string host, int port, Exception inner) =>
        new($"Cannot listen on {host}:{port}: {inner.Message}", inner);

    internal static BrokerStartException DataDirectoryLocked(string directory, string owner) =>
        new($"Data directory {directory} is in use by another broker ({owner}); stop it, or choose another with --data.");

    internal static BrokerStartException DataDirectory(string directory, Exception inner) =>
        new($"Data directory {directory} cannot be used: {inner.Message}", inner);

    internal static BrokerStartException TopicsDamaged(string path) =>
        new($"{path} and its copy are damaged; nothing was changed. Restore one of them, or choose another folder with --data.");

    internal static BrokerStartException TopicsFormat(string path, int format, int known) =>
        new($"{path} has format {format}; this version reads format {known}.");

    internal static BrokerStartException TopicsLost(string directory) =>
        new($"{directory} holds topics, but their directory topics.json is lost; nothing was changed. Restore it, or choose another folder with --data.");

    internal static BrokerStartException CommandLine(string problem) => new(problem);
}
