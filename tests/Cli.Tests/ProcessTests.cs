using System.Diagnostics;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests;

/// <summary>The real executable: signals and pipes.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Sigint_DuringAnIngest_DrainsAndExitsWith130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends SIGINT with kill.");
        using var file = new SampleFile(3_000);
        await using var pipeline = await FakePipeline.StartAsync();
        using var process = Start("ingest", file.Path, "--rate", "500", "--address", pipeline.Address);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => pipeline.Ingest.Sources.Values.Any(source => source.Last >= 50));

        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await ExitAsync(process);

        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
        Assert.Contains($"Interrupted: {Assert.Single(pipeline.Ingest.Sources.Values).Last} rows", await error, StringComparison.Ordinal);
        Assert.Contains($"stockaspire ingest {file.Path}", await error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosedPipe_EndsQuietlyWithZero()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var block = Samples.Block([.. Enumerable.Range(1, 4_096).Select(i => Samples.Tick((ulong)i))]);
        pipeline.Query.OnQuery = async (_, stream, context) =>
        {
            // Without an end: only the closed pipe ends it.
            while (!context.CancellationToken.IsCancellationRequested)
            {
                await stream.WriteAsync(new QueryTicksResponse { Block = block, ResumeToken = "t" }, context.CancellationToken);
            }
        };
        using var process = Start("query", "SPY", "--output", "csv", "--address", pipeline.Address);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("symbol,", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        process.StandardOutput.Close();
        await ExitAsync(process);

        Assert.Equal((ExitCode.Success, string.Empty), (process.ExitCode, await error));
    }

    /// <summary>With the test project's dependencies: those of the CLI that ASP.NET Core brings itself are not copied here.</summary>
    private static Process Start(params string[] args)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "StockAspire.Cli.Tests");
        string[] runtime = ["exec", "--runtimeconfig", tests + ".runtimeconfig.json", "--depsfile", tests + ".deps.json"];
        return Process.Start(new ProcessStartInfo("dotnet", [.. runtime, Path.Combine(AppContext.BaseDirectory, "stockaspire.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static async Task ExitAsync(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
