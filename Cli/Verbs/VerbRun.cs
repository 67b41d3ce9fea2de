using System.CommandLine;
using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary>One run of a verb: its parsed options, the servers that it talks to, and where it writes.</summary>
internal sealed class VerbRun(CliHost host, ParseResult parsed) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly List<Server> _servers = [];

    public CliHost Host => host;

    public OutputFormat Format => parsed.GetValue(GlobalOptions.Output) ?? OutputFormat.Table;

    public bool Quiet => parsed.GetValue(GlobalOptions.Quiet);

    /// <summary>Null where the verb's own default holds.</summary>
    public TimeSpan? Timeout => parsed.GetValue(GlobalOptions.Timeout) is { } ns ? TimeSpan.FromTicks(Math.Max(1, ns / UnixTime.NsPerTimeSpanTick)) : null;

    /// <summary>Of the server that was connected last, for error messages.</summary>
    public Uri LastAddress => _servers[^1].Address;

    /// <summary>Call options of a call that is answered at once: its deadline is --timeout or 10 s.</summary>
    public CallOptions Answer(CancellationToken cancellationToken) =>
        new(deadline: (host.Time.GetUtcNow() + (Timeout ?? AnswerTimeout)).UtcDateTime, cancellationToken: cancellationToken);

    /// <summary>Call options of a stream: it has a deadline only where --timeout gives one.</summary>
    public CallOptions Stream(CancellationToken cancellationToken) =>
        new(deadline: Timeout is { } timeout ? (host.Time.GetUtcNow() + timeout).UtcDateTime : null, cancellationToken: cancellationToken);

    public QueryService.QueryServiceClient Query() => new(Connect(Service.Query).Invoker);

    public OpsService.OpsServiceClient Ops() => new(Connect(Service.Query).Invoker);

    public Server Connect(Service service)
    {
        var addresses = Endpoints.Find(service, parsed.GetValue(GlobalOptions.Address), parsed.GetValue(GlobalOptions.Data), host.CurrentDirectory);
        var server = Server.Connect(addresses, parsed.GetValue(GlobalOptions.TokenFile), parsed.GetValue(GlobalOptions.Ca));
        _servers.Add(server);
        return server;
    }

    /// <summary>Where the dashboard of the same AppHost is; null where it is not known.</summary>
    public Uri? Dashboard() => Endpoints.FindDashboard(parsed.GetValue(GlobalOptions.Data), host.CurrentDirectory);

    /// <summary>This run's command line, to be given to a shell again.</summary>
    public string CommandLine => "stockaspire " + string.Join(' ', parsed.Tokens.Select(token => Quote(token.Value)));

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Null where an argument that may be left out is.</summary>
    public T? GetOptional<T>(Argument<T> argument) => parsed.GetValue(argument);

    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    public Utf8Output Out() => new(host.Out);

    /// <summary>A note for people on stderr; none with --quiet.</summary>
    public void Note(string text)
    {
        if (!Quiet)
        {
            host.Error.WriteLine(text);
        }
    }

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@+%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
