using System.Globalization;
using Aspire.DashboardService.Proto.V1;
using Google.Protobuf.WellKnownTypes;

namespace StockAspire.Dashboard.Resources;

/// <summary>How much attention something wants; ordered.</summary>
public enum Attention
{
    /// <summary>Over, or not begun: no news.</summary>
    Quiet,
    Good,

    /// <summary>On its way to another state.</summary>
    Moving,
    Warning,
    Error,
}

/// <summary>A resource in the words of the pages.</summary>
/// <param name="Resource">As the AppHost told it; not changed after that.</param>
/// <param name="Title">Unique among the resources: the display name, or the name where replicas share that.</param>
public sealed record ResourceView(Resource Resource, string Title)
{
    private const string Running = "Running";

    public string Name => Resource.Name;

    public string State => Resource.State is { Length: > 0 } state ? state : "Unknown";

    public DateTimeOffset? StartedAt => Resource.StartedAt?.ToDateTimeOffset();

    public DateTimeOffset? StoppedAt => Resource.StoppedAt?.ToDateTimeOffset();

    public int? ExitCode => Property("resource.exitCode") is { } text && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>What its checks say; null where it does not run, or none has answered yet.</summary>
    public HealthStatus? Health
    {
        get
        {
            if (State != Running)
                return null;
            if (Resource.HealthReports.Count == 0)
                return HealthStatus.Healthy;
            if (Resource.HealthReports.Any(report => report.HasStatus && report.Status == HealthStatus.Unhealthy))
                return HealthStatus.Unhealthy;
            if (Resource.HealthReports.Any(report => !report.HasStatus))
                return null;
            return Resource.HealthReports.Any(report => report.Status == HealthStatus.Degraded) ? HealthStatus.Degraded : HealthStatus.Healthy;
        }
    }

    /// <summary>Why it is in its state, for people, where the AppHost says so.</summary>
    public string? Reason => Property("resource.stateReason")
        ?? Resource.HealthReports.FirstOrDefault(report => report.HasStatus && report.Status != HealthStatus.Healthy)?.Description;

    /// <summary>State, health and exit code in a few words: it must be readable without its colour.</summary>
    public string StateText => (State, Health, ExitCode) switch
    {
        (Running, HealthStatus.Healthy, _) => Running,
        (Running, null, _) => "Running, health unknown",
        (Running, { } health, _) => $"Running, {health.ToString().ToLowerInvariant()}",
        ("Exited" or "Finished", _, { } code) => $"{State} with {code}",
        ("NotStarted", _, _) => "Not started",
        ("FailedToStart", _, _) => "Failed to start",
        _ => State,
    };

    public Attention Attention => (State, Health) switch
    {
        (Running, HealthStatus.Healthy) => Attention.Good,
        (Running, null) => Attention.Moving,
        (Running, HealthStatus.Degraded) => Attention.Warning,
        (Running, _) => Attention.Error,
        ("FailedToStart" or "RuntimeUnhealthy", _) => Attention.Error,
        ("Exited" or "Finished", _) when ExitCode is not (null or 0) => Attention.Error,
        ("Exited" or "Finished" or "NotStarted" or "Hidden", _) => Attention.Quiet,
        ("Waiting" or "Starting" or "Stopping" or "Building", _) => Attention.Moving,
        _ => Resource.StateStyle switch
        {
            "success" => Attention.Good,
            "warning" => Attention.Warning,
            "error" => Attention.Error,
            _ => Attention.Quiet,
        },
    };

    /// <summary>What runs: a project file, a command, an image; empty where nothing does.</summary>
    public string Source
    {
        get
        {
            if (Property("project.path") is { } project)
                return Path.GetFileName(project);
            if (Property("container.image") is { } image)
                return image;
            if (Property("executable.path") is { } path)
                return !IsSensitive("executable.args") && Property("executable.args") is { Length: > 0 } arguments ? $"{Path.GetFileName(path)} {arguments}" : Path.GetFileName(path);
            return Property("resource.source") ?? string.Empty;
        }
    }

    /// <summary>That a browser can open, in the AppHost's order.</summary>
    public IEnumerable<Url> Urls => Resource.Urls.Where(url => !url.IsInternal).OrderBy(url => url.DisplayProperties?.SortOrder ?? 0);

    public IEnumerable<ResourceCommand> Commands => Resource.Commands.Where(command => command.State != ResourceCommandState.Hidden);

    /// <summary>Null where it is absent or no text, number or list of such.</summary>
    public string? Property(string name) =>
        Resource.Properties.FirstOrDefault(property => property.Name == name)?.Value is { } value ? TextOf(value) : null;

    private bool IsSensitive(string name) => Resource.Properties.Any(property => property.Name == name && property.IsSensitive);

    public static string? TextOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.ListValue => string.Join(' ', value.ListValue.Values.Select(TextOf)),
        Value.KindOneofCase.StructValue => value.StructValue.ToString(),
        _ => null,
    };

    /// <summary>Whether a link may lead there: what a resource names is text until then.</summary>
    public static bool IsWebUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");
}
