using System.Text;

namespace StockAspire.Cli.Tests.Fakes;

/// <summary>One run of the command line within this process, and all that it wrote.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<CliRun> RunAsync(params string[] args) => RunAsync(args, output: null, interrupt: TestContext.Current.CancellationToken);

    public static Task<CliRun> RunAsync(FakePipeline pipeline, params string[] args) => RunAsync([.. args, "--address", pipeline.Address]);

    public static async Task<CliRun> RunAsync(
        string[] args, Stream? output, string? directory = null, Stream? input = null, TextWriter? error = null, CancellationToken interrupt = default)
    {
        using var memory = new MemoryStream();
        using var text = new StringWriter();
        var host = new CliHost
        {
            Out = output ?? memory,
            Error = error ?? TextWriter.Synchronized(text),
            OpenInput = () => input ?? Stream.Null,
            CurrentDirectory = directory ?? Path.GetTempPath(),
        };
        var exitCode = await CliApp.RunAsync(args, host, interrupt).WaitAsync(Limit, TestContext.Current.CancellationToken);
        return new CliRun(exitCode, Encoding.UTF8.GetString(memory.ToArray()), text.ToString());
    }
}
