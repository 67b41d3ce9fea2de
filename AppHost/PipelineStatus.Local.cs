using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StockAspire.AppHost;

/// <summary>Asks Query how the pipeline does: <c>GET /v1/pipeline:status</c>, OpsService.GetPipelineStatus in JSON.</summary>
internal sealed class PipelineStatus(EndpointReference query) : IRunStatus, IDisposable
{
    /// <summary>The status line is of now; an answer that takes longer is not.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Protobuf's JSON writes 64-bit integers as strings and leaves out what is zero.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout };

    public IReadOnlyList<string> NextSteps { get; } =
    [
        "dotnet run --project Cli -- tail '*'      ticks as they come",
        "dotnet run --project Cli -- symbols       what there is",
        "dotnet run --project Cli -- status        partitions, lag, dead letters",
        "dotnet run --project Cli -- --help        and more",
    ];

    public IReadOnlyDictionary<string, string> DashboardEnvironment => new Dictionary<string, string> { ["Dashboard__Pipeline__Url"] = query.Url };

    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _http.GetFromJsonAsync<Answer>(new Uri(query.Url + "/v1/pipeline:status"), Json, cancellationToken);
            return answer is null ? "pipeline: query gives no status" : Describe(answer);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"pipeline: query gives no status ({exception.Message})";
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Describe(Answer answer)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"pipeline: published {answer.PublishedTicks:N0} ({answer.PublishedPerSecond:N0}/s)  stored {answer.StoredTicks:N0} ({answer.StoredPerSecond:N0}/s)  lag {answer.LagTicks:N0}  dead letters {answer.DeadLetters:N0}");
        return answer.Problems.Count == 0 ? line : $"{line}  PROBLEM: {string.Join("; ", answer.Problems.Select(problem => problem.Message))}";
    }

    private sealed record Answer
    {
        public long PublishedTicks { get; init; }

        public long StoredTicks { get; init; }

        public long LagTicks { get; init; }

        public long DeadLetters { get; init; }

        public double PublishedPerSecond { get; init; }

        public double StoredPerSecond { get; init; }

        public IReadOnlyList<Problem> Problems { get; init; } = [];
    }

    private sealed record Problem(string Message);
}
