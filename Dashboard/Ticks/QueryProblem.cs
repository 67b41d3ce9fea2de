using System.Net;
using System.Text.Json;

namespace StockAspire.Dashboard.Ticks;

public enum QueryProblemKind
{
    /// <summary>Nobody to ask is configured.</summary>
    NotConfigured,

    /// <summary>Query, or what it reads from, cannot be reached now: asking again helps.</summary>
    Away,
    NotFound,

    /// <summary>What was asked for cannot be: the address of the page was written by hand.</summary>
    Refused,
    Failed,
}

/// <summary>Why there is no answer of Query's.</summary>
/// <param name="Text">A sentence or more, for people.</param>
public sealed record QueryProblem(QueryProblemKind Kind, string Text)
{
    private const int ShownLengthMax = 500;

    public static readonly QueryProblem NotConfigured = new(
        QueryProblemKind.NotConfigured,
        "This dashboard has no address of Query: set Dashboard__Pipeline__Url to its http endpoint. The AppHost does so by itself.");

    /// <summary>gRPC status codes, as JSON answers carry them.</summary>
    private enum Code
    {
        InvalidArgument = 3,
        DeadlineExceeded = 4,
        NotFound = 5,
        OutOfRange = 11,
        Unavailable = 14,
    }

    public bool IsPassing => Kind == QueryProblemKind.Away;

    public static QueryProblem NoAnswer(string why) => new(QueryProblemKind.Away, $"Query does not answer: {why}.");

    /// <summary>Of <c>google.rpc.Status</c> in JSON, which Query answers errors with; of the HTTP status where it is none.</summary>
    public static QueryProblem Of(HttpStatusCode status, string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("code", out var code) && code.TryGetInt32(out var number)
                && root.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 } text)
            {
                return new QueryProblem(KindOf((Code)number), Sentence(text));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or not Query's: the status has to do.
        }

        return new QueryProblem(QueryProblemKind.Failed, $"Query answered {(int)status} and said no more.");
    }

    private static QueryProblemKind KindOf(Code code) => code switch
    {
        Code.Unavailable or Code.DeadlineExceeded => QueryProblemKind.Away,
        Code.NotFound => QueryProblemKind.NotFound,
        Code.InvalidArgument or Code.OutOfRange => QueryProblemKind.Refused,
        _ => QueryProblemKind.Failed,
    };

    private static string Sentence(string text)
    {
        var shown = text.Length > ShownLengthMax ? text[..ShownLengthMax] + "..." : text;
        return shown.EndsWith('.') ? shown : shown + ".";
    }
}
