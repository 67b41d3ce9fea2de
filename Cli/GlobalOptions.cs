using System.CommandLine;

namespace StockAspire.Cli;

internal enum OutputFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Address = new("--address")
    {
        Description = "URL of the service that the verb needs (Ingest's or Query's gRPC endpoint). Without it: endpoints.json of --data.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Data folder of a running AppHost, with its endpoints.json [default: .stockaspire in this repository's root]",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<OutputFormat?> Output = new("--output", "-o")
    {
        Description = "table for people, json (one object a line) or csv [default: table]",
        HelpName = "table|json|csv",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (Enum.TryParse<OutputFormat>(text, ignoreCase: true, out var format) && char.IsLetter(text[0]))
            {
                return format;
            }

            result.AddError($"--output: expected table, json or csv, got \"{text}\".");
            return null;
        },
        Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "File with the bearer token to send",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> Ca = new("--ca")
    {
        Description = "PEM file of the certificate authority that signed the server's certificate",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<long?> Timeout = Duration(
        "--timeout",
        "How long to wait for an answer, or for an ingest to get on [default: 10s for an answer, 2m for an ingest]",
        recursive: true);

    public static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "No progress and no notes on stderr; errors stay",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Address, Data, Output, TokenFile, Ca, Timeout, Quiet];

    /// <summary>An option whose value is a duration in ns, above 0.</summary>
    public static Option<long?> Duration(string name, string description, bool recursive = false) => new(name)
    {
        Description = description,
        HelpName = "T",
        Recursive = recursive,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (TimeArgument.TryParseDuration(text, out var ns) && ns > 0)
            {
                return ns;
            }

            result.AddError($"{name}: expected {TimeArgument.ExpectedDuration}, got \"{text}\".");
            return null;
        },
    };

    /// <summary>An option whose value is a point in time, ns since the Unix epoch.</summary>
    public static Option<long?> Time(string name, string description, TimeProvider clock) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (TimeArgument.TryParse(text, Market.UnixTime.NowNs(clock), out var ns))
            {
                return ns;
            }

            result.AddError($"{name}: expected {TimeArgument.Expected}, got \"{text}\".");
            return null;
        },
    };
}
