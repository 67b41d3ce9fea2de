using System.CommandLine;
using Grpc.Core;
using StockAspire.Cli.Servers;

namespace StockAspire.Cli.Verbs;

/// <summary>One verb: its options, its examples and what it does.</summary>
internal abstract class Verb : Command
{
    private readonly CliHost _host;

    protected Verb(CliHost host, string name, string description)
        : base(name, description)
    {
        _host = host;
        SetAction(InvokeAsync);
    }

    /// <summary>Lines of help that no single option's description has room for.</summary>
    public IReadOnlyList<string> Notes { get; protected init; } = [];

    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Returns the exit code. Cancelled by Ctrl+C.</summary>
    protected abstract Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken);

    private async Task<int> InvokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var run = new VerbRun(_host, parsed);
        try
        {
            return await RunAsync(run, cancellationToken);
        }
        catch (CliException error)
        {
            await _host.Error.WriteLineAsync(error.Message);
            return error.ExitCode;
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return ExitCode.Interrupted;
        }
        catch (RpcException error)
        {
            await _host.Error.WriteLineAsync(Failure.Explain(error, run.LastAddress));
            return Failure.ExitCodeOf(error.StatusCode);
        }
        catch (ClosedOutputException)
        {
            // `stockaspire query ... | head`: the reader has what it wanted.
            return ExitCode.Success;
        }
    }
}
