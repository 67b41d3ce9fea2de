using StockAspire.Deploy.Tests.Manifests;
using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>What install.sh lays down.</summary>
public sealed class InstallationTests : IAsyncLifetime
{
    private Installation _installation = null!;

    public async ValueTask InitializeAsync() => _installation = await Installation.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _installation.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Installing_again_keeps_the_settings_and_replaces_the_programs()
    {
        _installation.Edit("sink.env", ("Sink__Instance=sink-1", "Sink__Instance=sink-7"));
        var program = Path.Combine(_installation.Root, "opt/stockaspire/sink/StockAspire.Sink.Service.dll");
        await File.WriteAllTextAsync(program, "an older version");
        await _installation.InstallAsync();
        Assert.Contains("Sink__Instance=sink-7", await File.ReadAllTextAsync(_installation.Settings("sink.env")), StringComparison.Ordinal);
        Assert.True(new FileInfo(program).Length > 10_000);
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("sink")]
    [InlineData("query")]
    public void A_unit_starts_what_is_installed_with_settings_that_the_service_knows(string service)
    {
        var unit = _installation.Unit(service);
        Assert.Equal("/usr/bin/dotnet", unit.CommandLine[0]);
        Assert.True(File.Exists(unit.CommandLine[1]), unit.CommandLine[1]);
        Assert.True(File.Exists(Path.Combine(unit.WorkingDirectory, "appsettings.json")), "appsettings.json is read from the working directory");
        Assert.All(unit.EnvironmentFiles, file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)));
        ServiceSettings.Of(service).Check(unit.Environment());
        Assert.Equal(("stockaspire", "on-failure", "SIGTERM"), (unit["User"], unit["Restart"], unit["KillSignal"]));
        Assert.True(unit.StopLimit > ServiceSettings.Drain, "systemd would kill a service that still drains");
    }

    /// <summary>As the Dockerfile's entry point does: the program that the build makes, by a link of another name.</summary>
    [Fact]
    public async Task A_service_starts_through_a_link_and_says_what_it_lacks()
    {
        var link = Path.Combine(_installation.Root, "opt/stockaspire/sink/service");
        File.CreateSymbolicLink(link, "StockAspire.Sink.Service");
        var result = await Command.RunAsync(link);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ConnectionStrings:kafka is missing", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_understands_the_units()
    {
        Assert.SkipUnless(Command.Find("systemd-analyze") is not null, "needs systemd-analyze (Debian's package systemd)");
        var units = Path.Combine(Repository.Machines, "systemd");
        var result = await Command.RunAsync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", .. Directory.EnumerateFiles(units, "*.service")]);

        // Programs and users are not on this machine; everything else that it says is a fault.
        var faults = result.Output.Split('\n').Where(line =>
            line.Contains("/systemd/", StringComparison.Ordinal) && line.Contains(".service", StringComparison.Ordinal) && !line.Contains("is not executable", StringComparison.Ordinal));
        Assert.Empty(faults);
    }
}
