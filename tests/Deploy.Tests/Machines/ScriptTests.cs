using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>What holds for every script: strict, helpful, and careful with what it is given.</summary>
public sealed class ScriptTests
{
    private const string Usage = "2";

    public static TheoryData<string> Scripts => [.. Repository.Scripts.Select(script => Path.GetRelativePath(Repository.Deploy, script))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_is_strict_and_helps(string script)
    {
        Assert.Contains("\nset -euo pipefail\n", await File.ReadAllTextAsync(Path.Combine(Repository.Deploy, script)), StringComparison.Ordinal);
        var help = (await Command.ScriptAsync(script, "--help")).Succeeded();
        var name = Path.GetFileName(script);
        Assert.Contains($"\n  {name} ", help, StringComparison.Ordinal);
        Assert.Matches($"\n +(sudo )?\\./{name}", help);
        var wrong = await Command.ScriptAsync(script, "--no-such-option");
        Assert.Equal(Usage, $"{wrong.ExitCode}");
        Assert.Contains("--no-such-option", wrong.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("machines/certificates.sh", "server --dir DIR --name kafka-1 --for dns:a|b", "--for is \"dns:a|b\"")]
    [InlineData("machines/certificates.sh", "server --dir DIR --name ../x --for dns:a", "--name is \"../x\"")]
    [InlineData("machines/certificates.sh", "server --dir DIR --name ca --for dns:a", "which is the authority")]
    [InlineData("machines/certificates.sh", "authority --dir DIR --days 0", "--days is \"0\"; expected a number from 1 to 7300")]
    [InlineData("machines/certificates.sh", "unknown", "\"unknown\" is none of")]
    [InlineData("machines/passwords.sh", "--dir DIR UPPER", "NAME is \"UPPER\"")]
    [InlineData("machines/kafka/configure.sh", "--dir DIR --node 2 --host k --voters 1@k:9094 --brokers k --tls /t --data /d", "which lacks node 2")]
    [InlineData("machines/kafka/configure.sh", "--dir DIR --node 1 --host k --voters 1@k:9094 --brokers k --tls /t;x --data /d", "--tls is \"/t;x\"")]
    [InlineData("machines/kafka/topics.sh", "--bootstrap nowhere", "--bootstrap is \"nowhere\"; expected HOST:PORT")]
    [InlineData("machines/kafka/smoke-test.sh", "--bootstrap k:1 --ca DIR/none", "--ca is")]
    [InlineData("machines/cassandra/configure.sh", "--dir DIR --name c --address a --seeds a --tls /t --data /d --sync never", "--sync is \"never\"; expected batch, group or periodic")]
    [InlineData("machines/cassandra/roles.sh", "--host h --ca none", "--ca is \"none\"")]
    [InlineData("machines/install.sh", "--from DIR", "which has no ingest/appsettings.json")]
    public async Task What_is_wrong_is_refused_with_the_option_and_its_value(string script, string arguments, string message)
    {
        using var folder = new TemporaryFolder();
        var result = await Command.ScriptAsync(script, arguments.Replace("DIR", folder.Path, StringComparison.Ordinal).Split(' '));
        Assert.InRange(result.ExitCode, 1, 2);
        Assert.Contains(message, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_are_made_once_and_for_their_owner_alone()
    {
        using var folder = new TemporaryFolder();
        (await Command.ScriptAsync("machines/passwords.sh", "--dir", folder["secrets"])).Succeeded();
        var file = folder["secrets/cassandra-sink"];
        var first = await File.ReadAllTextAsync(file);
        Assert.Matches("^[0-9a-f]{40}\n$", first);
        Assert.NotEqual(first, await File.ReadAllTextAsync(folder["secrets/cassandra-query"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        (await Command.ScriptAsync("machines/passwords.sh", "--dir", folder["secrets"])).Succeeded();
        Assert.Equal(first, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_password_that_needs_escaping_is_refused_and_not_shown()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["ca.pem"], "x");
        await File.WriteAllTextAsync(folder["password"], "it's-a-long-secret\n");
        var result = await Command.ScriptAsync("machines/kafka/smoke-test.sh", "--bootstrap", "k:1", "--ca", folder["ca.pem"], "--password-file", folder["password"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("must be 12 to 128 of", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("long-secret", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shellcheck_finds_nothing()
    {
        Assert.SkipUnless(Command.Find("shellcheck") is not null, "needs shellcheck (Debian's package of that name)");
        (await Command.RunAsync("shellcheck", ["-x", "-P", "SCRIPTDIR", .. Repository.Scripts])).Succeeded();
    }

    [Fact]
    public async Task Yamllint_finds_nothing()
    {
        Assert.SkipUnless(Command.Find("yamllint") is not null, "needs yamllint (Debian's package of that name)");
        (await Command.RunAsync("yamllint", "--strict", "-c", Path.Combine(Repository.Deploy, ".yamllint"), Path.Combine(Repository.Deploy, "compose/compose.yaml"), Path.Combine(Repository.Deploy, "kubernetes"))).Succeeded();
    }
}
