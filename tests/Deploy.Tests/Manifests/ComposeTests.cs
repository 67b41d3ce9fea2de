using System.Net;
using System.Net.Sockets;
using System.Text;
using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Manifests;

/// <summary>The compose file against the services' own settings and what prepare.sh makes. No Docker has run it.</summary>
public sealed class ComposeTests
{
    private static readonly string Folder = Path.Combine(Repository.Deploy, "compose");
    private static readonly Yaml Compose = Yaml.Read(Path.Combine(Folder, "compose.yaml"))[0];
    private static readonly string[] OneShots = ["kafka-setup", "cassandra-setup"];

    public static TheoryData<string> Services => ["ingest", "sink", "query"];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_gets_settings_that_it_knows_and_time_to_drain(string service)
    {
        var container = Compose["services"][service];
        var environment = container["environment"].Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Text);
        var settings = ServiceSettings.Of(service);
        settings.Check(environment);
        Assert.All(settings.Endpoints, endpoint => Assert.Equal($"http://*:{endpoint.Value}", environment[$"Kestrel__Endpoints__{endpoint.Key}__Url"]));
        var secrets = container["secrets"].Texts.Select(name => $"/run/secrets/{name}").ToHashSet();
        Assert.Equal(
            secrets.Order(StringComparer.Ordinal),
            environment.Where(pair => pair.Key.EndsWith("File", StringComparison.Ordinal)).Select(pair => pair.Value).Order(StringComparer.Ordinal));
        var grace = container["stop_grace_period"].Text;
        Assert.True(int.Parse(grace.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) >= ServiceSettings.Drain.TotalSeconds + 2);
        Assert.Equal(("true", "SIGTERM"), (container["read_only"].Text, container["stop_signal"].Text));
        Assert.True(File.Exists(Path.Combine(Checkout.Root, container["build"]["args"]["PROJECT"].Text, $"{container["build"]["args"]["PROJECT"].Text}.csproj")));
        Assert.Equal(Checkout.Root, Path.GetFullPath(container["build"]["context"].Text, Folder));
        Assert.True(File.Exists(Path.Combine(Checkout.Root, container["build"]["dockerfile"].Text)));
    }

    /// <summary>The program itself tells what is wrong with its settings; only addresses are others here.</summary>
    [Fact]
    public async Task The_dashboard_runs_on_the_settings_of_its_container()
    {
        var container = Compose["services"]["dashboard"];
        var environment = container["environment"].Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Text);
        Assert.Equal(("http://*:18888", "true"), (environment["ASPNETCORE_URLS"], environment["DASHBOARD__FRONTEND__ALLOWREMOTE"]));
        Assert.Equal(("http://*:18889", "true"), (environment["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"], environment["DASHBOARD__OTLP__ALLOWREMOTE"]));
        Assert.EndsWith("//dashboard:18889", Compose["x-settings"]["OTEL_EXPORTER_OTLP_ENDPOINT"].Text, StringComparison.Ordinal);
        var ports = FreePorts.Take(2);
        var folder = Checkout.Output("Dashboard");
        await using var dashboard = ServiceProcess.Start(
            ["/usr/bin/env", "dotnet", Path.Combine(folder, "StockAspire.Dashboard.dll")],
            folder,
            environment.ToDictionary(pair => pair.Key, pair => pair.Value.StartsWith("${", StringComparison.Ordinal)
                ? "0123456789abcdef0123456789abcdef"
                : pair.Value.Replace("*:18888", $"127.0.0.1:{ports[0]}", StringComparison.Ordinal).Replace("*:18889", $"127.0.0.1:{ports[1]}", StringComparison.Ordinal)));
        await dashboard.BecomesHealthyAsync(new Uri($"http://127.0.0.1:{ports[0]}"));
        Assert.Equal(0, await dashboard.EndAsync(container["stop_signal"].Text, TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain("0123456789abcdef0123456789abcdef", dashboard.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_are_published_on_this_machine_alone_and_memory_is_limited()
    {
        foreach (var (name, service) in Compose["services"].Entries)
        {
            Assert.All(service.Find("ports")?.Texts ?? [], port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            Assert.Matches("^[0-9]+[mg]$", service["deploy"]["resources"]["limits"]["memory"].Text);
            Assert.NotEmpty(service["restart"].Text);
            Assert.True(OneShots.Contains(name) || service.Find("healthcheck") is not null, $"{name} has no health check");
            Assert.DoesNotContain(":latest", service["image"].Text, StringComparison.Ordinal);
        }

        Assert.Equal("true", Compose["networks"]["pipeline"]["internal"].Text);
    }

    [Fact]
    public void What_is_referred_to_is_there()
    {
        var names = Compose["services"].Entries.Select(entry => entry.Key).ToHashSet();
        var volumes = Compose["volumes"].Entries.Select(entry => entry.Key).ToHashSet();
        var networks = Compose["networks"].Entries.Select(entry => entry.Key).ToHashSet();
        var secrets = Compose["secrets"].Entries.Select(entry => entry.Key).ToHashSet();
        foreach (var (_, service) in Compose["services"].Entries)
        {
            foreach (var (dependency, how) in service.Find("depends_on")?.Entries ?? [])
            {
                Assert.Contains(dependency, names);
                Assert.Equal(OneShots.Contains(dependency) ? "service_completed_successfully" : "service_healthy", how["condition"].Text);
            }

            Assert.All(service.Find("secrets")?.Texts ?? [], secret => Assert.Contains(secret, secrets));
            Assert.All(service["networks"].Texts, network => Assert.Contains(network, networks));
            Assert.All(service.Find("volumes")?.Texts ?? [], volume => Assert.True(volume.StartsWith('.') || volumes.Contains(volume.Split(':')[0]), volume));
        }
    }

    [Fact]
    public async Task Prepare_makes_every_file_that_is_mounted_and_every_variable_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        (await Command.ScriptAsync("compose/prepare.sh", "--dir", folder.Path)).Succeeded();
        var variables = await File.ReadAllTextAsync(folder[".env"]);
        (await Command.ScriptAsync("compose/prepare.sh", "--dir", folder.Path)).Succeeded();
        Assert.Equal(variables, await File.ReadAllTextAsync(folder[".env"]));

        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "compose.yaml"));
        foreach (var variable in System.Text.RegularExpressions.Regex.Matches(text, @"\$\{([A-Z_]+):").Select(match => match.Groups[1].Value))
        {
            Assert.Matches($"(?m)^{variable}=[A-Za-z0-9_-]{{22,}}$", variables);
        }

        var mounted = Compose["services"].Entries.SelectMany(entry => entry.Value.Find("volumes")?.Texts ?? []).Where(volume => volume.StartsWith('.')).Select(volume => volume.Split(':')[0])
            .Concat(Compose["secrets"].Entries.Select(entry => entry.Value["file"].Text));
        Assert.All(mounted, file => Assert.True(Path.Exists(Path.GetFullPath(file, file.StartsWith("./", StringComparison.Ordinal) ? folder.Path : Folder)), file));

        // Nobody else on the machine gets at what the containers may read.
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder["secrets"]) & (UnixFileMode.OtherExecute | UnixFileMode.GroupExecute));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["secrets/tls/ca.key"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[".env"]));
    }

    [Theory]
    [InlineData("200 OK", 0)]
    [InlineData("503 Service Unavailable", 1)]
    public async Task The_health_check_tells_a_healthy_service(string status, int exitCode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = AnswerAsync(listener, status);
        var test = Compose["services"]["ingest"]["healthcheck"]["test"].Texts.ToArray();
        Assert.Equal("CMD", test[0]);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var result = await Command.RunAsync(test[1], [.. test[2..].Select(part => part.Replace("5101", $"{port}", StringComparison.Ordinal))]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("GET /health HTTP/1.0\r\n\r\n", await asked, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var asked = new StringBuilder();
        var buffer = new byte[256];
        while (!asked.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            asked.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        return asked.ToString();
    }
}
