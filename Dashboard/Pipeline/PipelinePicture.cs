using System.Globalization;
using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Resources;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Pipeline;

/// <param name="Attention">How bad it is.</param>
/// <param name="Text">What is so, in a few words.</param>
/// <param name="Reason">Why, in a sentence or less; null where that says itself.</param>
/// <param name="Resource">Name of the resource that it is of; null where it is of none.</param>
public sealed record StageState(Attention Attention, string Text, string? Reason = null, string? Resource = null);

/// <summary>What Query and the AppHost say, put together into a verdict: pure, so that each case has a test.</summary>
public sealed record PipelinePicture
{
    /// <summary>Behind for longer than a restart of the Sink takes.</summary>
    public static readonly TimeSpan LateAge = TimeSpan.FromSeconds(10);

    /// <summary>Behind for so long that somebody should look.</summary>
    public static readonly TimeSpan VeryLateAge = TimeSpan.FromSeconds(60);

    private static readonly StageState Unknown = new(Attention.Quiet, "not known");

    public StageState Ingest { get; private init; } = Unknown;

    public StageState Topic { get; private init; } = Unknown;

    public StageState Sink { get; private init; } = Unknown;

    public StageState Store { get; private init; } = Unknown;

    public StageState Query { get; private init; } = Unknown;

    /// <summary>The worst of all, and the sentence about it.</summary>
    public required StageState Verdict { get; init; }

    /// <summary>True where the figures are of an earlier time.</summary>
    public bool IsStale { get; private init; }

    /// <param name="query">Whether Query answers.</param>
    /// <param name="status">What it last said; null where it never did.</param>
    /// <param name="resources">As the AppHost last told them; empty where there is none.</param>
    /// <param name="local">An instant as people read it.</param>
    public static PipelinePicture Of(Connection query, GetPipelineStatusResponse? status, IReadOnlyList<ResourceView> resources, Func<DateTimeOffset, string> local)
    {
        var isStale = query.State != ConnectionState.Connected;
        var queryState = query.State switch
        {
            ConnectionState.None => new StageState(Attention.Quiet, "no address is configured (Dashboard:Pipeline:Url)"),
            ConnectionState.Connecting => new StageState(Attention.Moving, "not asked yet"),
            ConnectionState.Lost => new StageState(Attention.Error, $"no answer since {local(query.Since)}", query.Reason, Stage("query")?.Resource),
            _ => Problem(PipelineSide.Unspecified) ?? Stage("query") ?? new StageState(Attention.Good, "answers"),
        };
        var picture = new PipelinePicture
        {
            IsStale = isStale,
            Verdict = Unknown,
            Ingest = Stage("ingest") ?? Unknown,
            Topic = Problem(PipelineSide.Kafka) ?? Stage("kafka") ?? (isStale ? Unknown : new StageState(Attention.Good, "reached")),
            Sink = SinkState(Stage("sink"), isStale ? null : status),
            Store = Problem(PipelineSide.Store) ?? (isStale ? Unknown : new StageState(Attention.Good, "reached")),
            Query = queryState,
        };
        return picture with { Verdict = VerdictOf(picture, query, status) };

        // What Query says was so; while it is away, nobody knows.
        StageState? Problem(PipelineSide side) =>
            !isStale && status?.Problems.FirstOrDefault(problem => problem.Side == side) is { } problem ? new StageState(Attention.Error, problem.Message) : null;

        StageState? Stage(string name)
        {
            var replicas = resources.Where(view => view.Resource.DisplayName == name || view.Name == name).ToList();
            var worst = replicas.MaxBy(view => Rank(view.Attention));
            return worst is null ? null : replicas.Count == 1
                ? new StageState(Bad(worst), worst.StateText, worst.Reason, worst.Name)
                : new StageState(Bad(worst), string.Create(CultureInfo.InvariantCulture, $"{replicas.Count(view => view.Attention == Attention.Good)} of {replicas.Count} healthy"), worst.Reason, worst.Name);
        }
    }

    /// <summary>A part of the pipeline that ended is no matter of quiet, however it ended.</summary>
    private static Attention Bad(ResourceView view) => view.Attention == Attention.Quiet ? Attention.Error : view.Attention;

    private static int Rank(Attention attention) => attention == Attention.Quiet ? (int)Attention.Error : (int)attention;

    private static StageState SinkState(StageState? resource, GetPipelineStatusResponse? status)
    {
        if (resource is { Attention: not Attention.Good })
            return resource;
        if (status is null)
            return resource ?? Unknown;
        var age = TimeSpan.FromMilliseconds(status.OldestUnstoredAgeMs);
        if (age < LateAge)
            return resource ?? new StageState(Attention.Good, "keeps up");
        var speed = status.StoredPerSecond > 0 ? "behind" : "stores nothing";
        return new StageState(age < VeryLateAge ? Attention.Warning : Attention.Error, $"{speed}, oldest waits {Clock.Duration(age)}", null, resource?.Resource);
    }

    private static StageState VerdictOf(PipelinePicture picture, Connection query, GetPipelineStatusResponse? status)
    {
        if (query.State != ConnectionState.Connected && status is null && picture.Query.Attention != Attention.Error)
            return new StageState(picture.Query.Attention, $"Query: {picture.Query.Text}.");
        var worst = new[] { ("Kafka", picture.Topic), ("The tick store", picture.Store), ("Ingest", picture.Ingest), ("The Sink", picture.Sink), ("Query", picture.Query) }
            .MaxBy(stage => stage.Item2.Attention);
        if (worst.Item2.Attention > Attention.Good)
            return worst.Item2 with { Text = Sentence(worst.Item1, worst.Item2) };
        if (status is null)
            return new StageState(Attention.Quiet, "Nothing is known yet.");
        var flow = status.PublishedPerSecond > 0
            ? string.Create(CultureInfo.InvariantCulture, $"All well: {Figures.Rate(status.PublishedPerSecond)} ticks/s come in")
            : "All well: nothing comes in";
        var rest = status.LagTicks <= 0 ? ", everything is stored." : $", {Figures.Count(status.LagTicks)} wait to be stored, the oldest for {Clock.Duration(TimeSpan.FromMilliseconds(status.OldestUnstoredAgeMs))}.";
        return new StageState(Attention.Good, flow + rest);
    }

    private static string Sentence(string stage, StageState state)
    {
        var text = state.Reason is { Length: > 0 } reason ? $"{state.Text}: {reason}" : state.Text;
        return text.StartsWith(stage, StringComparison.OrdinalIgnoreCase) ? $"{text.TrimEnd('.')}." : $"{stage}: {text.TrimEnd('.')}.";
    }
}
