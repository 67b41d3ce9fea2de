using System.CommandLine;
using System.CommandLine.Help;
using StockAspire.Cli.Verbs;

namespace StockAspire.Cli;

/// <summary>The command line: verbs, help, and one place where a run becomes an exit code.</summary>
internal static class CliApp
{
    /// <param name="interrupt">Ctrl+C: the verb ends in order and says with which exit code.</param>
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken interrupt)
    {
        var parsed = Root(host).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await host.Error.WriteLineAsync(error.Message);
            }

            await host.Error.WriteLineAsync($"See: {CommandLine(parsed.CommandResult.Command)} --help");
            return ExitCode.Usage;
        }

        using var output = new StreamWriter(host.Out, leaveOpen: true);
        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = output,
                Error = host.Error,
                // Interrupt does this, and verbs know better how long they need.
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            },
            interrupt);
        return await EndQuietlyIfClosedAsync(output, exitCode);
    }

    internal static RootCommand Root(CliHost host)
    {
        var root = new RootCommand("Streams stock ticks into the pipeline, and reads, follows and verifies what it stored.")
        {
            new IngestVerb(host),
            new QueryVerb(host),
            new LatestVerb(host),
            new TailVerb(host),
            new SymbolsVerb(host),
            new SourcesVerb(host),
            new VerifyVerb(host),
            new TraceVerb(host),
            new StatusVerb(host),
            new DoctorVerb(host),
            new DeadLettersVerb(host),
            new VersionVerb(host),
        };
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExamplesHelp((HelpAction)help.Action!);
        return root;
    }

    /// <summary>The words that call a command, such as <c>stockaspire sources show</c>.</summary>
    internal static string CommandLine(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{CommandLine(parent)} {command.Name}" : "stockaspire";

    private static async Task<int> EndQuietlyIfClosedAsync(StreamWriter output, int exitCode)
    {
        try
        {
            await output.FlushAsync(CancellationToken.None);
            return exitCode;
        }
        catch (IOException error) when (ClosedOutputException.IsClosed(error))
        {
            // `stockaspire --help | head -1`: the reader has what it wanted.
            return ExitCode.Success;
        }
    }
}
