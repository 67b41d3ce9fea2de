using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>A systemd unit of a service, as far as running it needs. What it says of files is taken below an installation's root.</summary>
internal sealed class UnitFile
{
    /// <summary>Folders of the machine that an installation below another root has of its own.</summary>
    private static readonly string[] Installed = ["/etc/stockaspire", "/opt/stockaspire", "/var/lib/stockaspire"];

    private readonly ILookup<string, string> _settings;
    private readonly string _root;

    public UnitFile(string root, string name)
    {
        _root = root;
        _settings = File.ReadLines(Path.Combine(root, "etc/systemd/system", name))
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2 && !parts[0].StartsWith('#'))
            .ToLookup(parts => parts[0], parts => parts[1]);
    }

    public string this[string key] => _settings[key].Single();

    public string[] CommandLine => [.. this["ExecStart"].Split(' ').Select(Locate)];

    public string WorkingDirectory => Locate(this["WorkingDirectory"]);

    public TimeSpan StopLimit => TimeSpan.FromSeconds(int.Parse(this["TimeoutStopSec"], System.Globalization.CultureInfo.InvariantCulture));

    public IReadOnlyList<string> EnvironmentFiles => [.. _settings["EnvironmentFile"].Select(Locate)];

    /// <summary>As systemd reads it: later files win.</summary>
    public Dictionary<string, string> Environment()
    {
        Dictionary<string, string> environment = [];
        foreach (var line in EnvironmentFiles.SelectMany(File.ReadLines).Where(line => line.Length > 0 && line[0] is not ('#' or ';')))
        {
            var parts = line.Split('=', 2);
            Assert.Equal(2, parts.Length);
            environment[parts[0]] = Locate(parts[1]);
        }

        return environment;
    }

    public ServiceProcess Start() => ServiceProcess.Start(CommandLine, WorkingDirectory, Environment());

    private string Locate(string text) =>
        Installed.Aggregate(text, (located, folder) => located.Replace(folder, _root + folder, StringComparison.Ordinal));
}
