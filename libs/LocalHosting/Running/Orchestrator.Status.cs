namespace StockAspire.LocalHosting;

/// <summary>What the terminal says beside the children's own lines.</summary>
internal sealed partial class Orchestrator
{
    private static readonly TimeSpan StatusOnTerminal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StatusInLog = TimeSpan.FromSeconds(5);

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        // Before anything is up: where something does not come up, it is the dashboard that shows why.
        if (_dashboard is not null)
            console.WriteLine(null, $"Dashboard: {_dashboard.LoginUrl}");
        await Task.WhenAll(Application.Select(supervisor => supervisor.Up)).WaitAsync(cancellationToken);
        WriteEndpoints();
        var all = statuses.ToList();
        Introduce([.. all.SelectMany(status => status.NextSteps)]);
        if (all.Count == 0)
            return;

        using var timer = new PeriodicTimer(console.IsTerminal ? StatusOnTerminal : StatusInLog, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var status in all)
            {
                if (await status.ReadLineAsync(cancellationToken) is { } line)
                    console.SetStatus(line);
            }
        }
    }

    private void Introduce(IReadOnlyList<string> nextSteps)
    {
        console.WriteLine(null, " ");
        console.WriteLine(null, "Everything is up.");
        var width = resources.Select(resource => resource.Name.Length).Append("data".Length).Max();
        console.WriteLine(null, $"  {"data".PadRight(width)}  {settings.DataDirectory}");
        foreach (var resource in resources)
        {
            var where = ConnectionStringAllocator.Of(resource) is { } connectionString
                ? Secrets.Mask(connectionString)
                : string.Join("  ", resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => $"{endpoint.Name} {endpoint.UrlOf(0)}"));
            if (where.Length > 0)
                console.WriteLine(null, $"  {resource.Name.PadRight(width)}  {where}");
        }
        if (_dashboard is not null)
            console.WriteLine(null, $"Dashboard: {_dashboard.LoginUrl}");
        if (nextSteps.Count > 0)
            console.WriteLine(null, "Try, in another terminal:");
        foreach (var step in nextSteps)
            console.WriteLine(null, $"  {step}");
        console.WriteLine(null, "Ctrl+C stops everything.");
        console.WriteLine(null, " ");
    }
}
