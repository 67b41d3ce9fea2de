using System.Text.RegularExpressions;
using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.EndToEnd.Tests;

/// <summary>What a newcomer does: a clean clone, and the README's two commands as they stand there.</summary>
public sealed partial class NewcomerTests
{
    private const int TicksWanted = 20;
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TicksLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_readmes_two_commands_work_in_a_clean_clone()
    {
        var clone = Directory.CreateTempSubdirectory("stockaspire-clone-").FullName;
        try
        {
            await RunAsync("git", ["clone", "--quiet", "--no-hardlinks", Checkout.Root, clone], Checkout.Root);
            var commands = Commands(await File.ReadAllTextAsync(Path.Combine(clone, "README.md")));
            Assert.Equal(["dotnet run --project AppHost", "./test.sh"], commands);

            await using (var host = ProgramRun.Start("bash", ["-c", "exec " + commands[0]], clone))
            {
                await AssertTicksArriveAsync(host, clone);
                await StopAsync(host, clone);
            }

            // The whole of it would run this test again: one project shows that the command works from nothing.
            var output = await RunAsync("bash", ["-c", commands[1] + " Market"], clone);
            Assert.Matches(@"\n[1-9]\d* passed, 0 failed", output);
        }
        finally
        {
            Directory.Delete(clone, recursive: true);
        }
    }

    /// <summary>The commands of the README's first code block, without their comments.</summary>
    private static string[] Commands(string readme) =>
        [.. FirstCodeBlock().Match(readme).Groups[1].Value
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('#')[0].Trim())];

    [GeneratedRegex(@"```(?:bash|sh)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstCodeBlock();

    private static async Task AssertTicksArriveAsync(ProgramRun host, string clone)
    {
        // A person would look once the AppHost says that everything is up; two builds at once would tread on each other.
        await Eventually.TrueAsync(
            "endpoints.json",
            () =>
            {
                Assert.False(host.HasExited, host.Output + host.Errors);
                return File.Exists(Path.Combine(clone, ".stockaspire", "endpoints.json"));
            },
            BuildLimit);
        var symbol = await Eventually.GetAsync(
            "a first symbol",
            async () =>
            {
                Assert.False(host.HasExited, host.Output + host.Errors);
                var symbols = await CliAsync(clone, "symbols", "--output", "csv");
                return symbols.Split('\n').Skip(1).FirstOrDefault()?.Split(',')[0];
            },
            BuildLimit);
        await Eventually.TrueAsync(
            $"{TicksWanted} ticks of {symbol}",
            async () => (await CliAsync(clone, "query", symbol, "--from", "-1h", "--output", "csv")).Split('\n').Length > TicksWanted,
            TicksLimit);
    }

    private static async Task<string> CliAsync(string clone, params string[] arguments)
    {
        await using var run = ProgramRun.Start("dotnet", ["run", "--project", "Cli", "--", .. arguments], clone);
        var exitCode = await run.ExitAsync(BuildLimit);
        return exitCode == 0 ? run.Output : throw new InvalidOperationException(run.Errors);
    }

    /// <summary>Ctrl+C reaches the whole foreground group; here the AppHost alone is told, and all must end with it.</summary>
    private static async Task StopAsync(ProgramRun host, string clone)
    {
        using var endpoints = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(clone, ".stockaspire", "endpoints.json")));
        ProgramRun.Signal(endpoints.RootElement.GetProperty("pid").GetInt32(), 2);
        Assert.Equal(0, await host.ExitAsync(StopLimit));
    }

    private static async Task<string> RunAsync(string file, string[] arguments, string folder)
    {
        await using var run = ProgramRun.Start(file, arguments, folder);
        var exitCode = await run.ExitAsync(BuildLimit);
        Assert.True(exitCode == 0, run.Output + run.Errors);
        return run.Output;
    }
}
