using System.Diagnostics;

namespace StockAspire.AppHost.Tests;

/// <summary>The AppHost as a process that is asked for its manifest, in both of Aspire's ways.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish", "--step", "publish-manifest")]
    public async Task The_manifest_is_exactly_what_is_written_down(params string[] command)
    {
        var path = Path.Combine(_folder, "manifest.json");

        var (exitCode, output) = await RunAsync([.. command, "--output-path", path]);

        Assert.Equal((0, $"manifest: {path}\n"), (exitCode, output));
        var repository = Path.GetRelativePath(_folder, Path.GetFullPath("..", Path.GetDirectoryName(Projects.AppHost.ProjectPath)!));
        var written = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(Golden.Read("manifest.json"), written.Replace(repository + "/", "REPOSITORY/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Engines_of_the_configuration_are_asked_for_when_it_is_deployed()
    {
        var path = Path.Combine(_folder, "manifest.json");

        await RunAsync(["--publisher", "manifest", "--output-path", path, "--ConnectionStrings:kafka=user:secret@k1:9092"]);

        var written = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains("\"connectionString\": \"{kafka.value}\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", written, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int ExitCode, string Output)> RunAsync(string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Projects.AppHost).Assembly.Location, .. args]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
