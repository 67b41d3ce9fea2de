using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using StockAspire.Cli.Verbs;

namespace StockAspire.Cli;

/// <summary>The usual help, and below it the verb's notes and examples.</summary>
internal sealed class ExamplesHelp(HelpAction inner) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is not Verb verb)
        {
            output.WriteLine("Exit codes:");
            output.WriteLine("  0 well, 1 failure, 2 usage, 3 unreachable, 4 verify found loss or doubles, 5 finished with rejects,");
            output.WriteLine("  6 not allowed, 130 interrupted");
            return ExitCode.Success;
        }

        foreach (var note in verb.Notes)
        {
            output.WriteLine(note);
        }

        if (verb.Notes.Count > 0)
        {
            output.WriteLine();
        }

        output.WriteLine("Examples:");
        foreach (var example in verb.Examples)
        {
            output.WriteLine("  " + example);
        }

        return ExitCode.Success;
    }
}
