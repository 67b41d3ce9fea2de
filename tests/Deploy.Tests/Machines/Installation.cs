using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>The services as install.sh installs them, below a folder of its own.</summary>
internal sealed class Installation : IDisposable
{
    public static readonly string[] Services = ["ingest", "sink", "query"];

    private readonly TemporaryFolder _folder = new();

    public string Root => _folder["root"];

    public static async Task<Installation> MakeAsync()
    {
        var installation = new Installation();

        // What publish.sh would make, from what was built with these tests.
        var published = installation._folder["published"];
        Directory.CreateDirectory(published);
        foreach (var service in Services)
        {
            Directory.CreateSymbolicLink(Path.Combine(published, service), Checkout.Output($"{char.ToUpperInvariant(service[0])}{service[1..]}.Service"));
        }

        await installation.InstallAsync();
        return installation;
    }

    public async Task InstallAsync() =>
        (await Command.ScriptAsync("machines/install.sh", "--from", _folder["published"], "--root", Root)).Succeeded();

    public UnitFile Unit(string service) => new(Root, $"stockaspire-{service}.service");

    public string Settings(string name) => Path.Combine(Root, "etc/stockaspire", name);

    /// <summary>What an operator does in an editor: each text must be there.</summary>
    public void Edit(string name, params (string From, string To)[] changes)
    {
        var text = File.ReadAllText(Settings(name));
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        File.WriteAllText(Settings(name), text);
    }

    public void Dispose() => _folder.Dispose();
}
