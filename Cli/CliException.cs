namespace StockAspire.Cli;

/// <summary>Ends the verb with an exit code and a message for people that says what to do next; shown without a stack trace.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string message) => new(Cli.ExitCode.Usage, message);

    public static CliException Failure(string message) => new(Cli.ExitCode.Failure, message);

    public static CliException Unreachable(string message) => new(Cli.ExitCode.Unreachable, message);
}
