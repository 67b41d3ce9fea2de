using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Ticks;

/// <summary>
/// Query's JSON calls about what is stored, where it came from, and what could never be stored. Thread-safe. No call fails:
/// it answers with a value or with a problem; cancelled it throws.
/// </summary>
internal sealed class QueryClient : IDisposable
{
    /// <summary>A tick's provenance may scan all event times that a seal spans.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Above all that is asked for here: dead letters come in answers of at most 2 MiB, a third more in base 64.</summary>
    private const int AnswerBytesMax = 8 << 20;

    /// <summary>More pages at once wait for each other.</summary>
    private const int ConnectionsMax = 8;

    private const int SymbolsPerPage = 1_000;

    /// <summary>Ingest takes event times ahead of its clock by a day at most.</summary>
    private const long SkewMaxNs = UnixTime.NsPerDay;

    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly HttpClient _http;
    private readonly string? _url;
    private readonly TimeProvider _time;

    public QueryClient(IOptions<DashboardOptions> options, TimeProvider time)
    {
        _url = options.Value.Pipeline.Url?.TrimEnd('/');
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = ConnectionsMax })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    public bool IsConfigured => _url is not null;

    public Task<Answer<Wire.ListSymbolsResponse>> SymbolsAsync(string pageToken, CancellationToken cancellationToken) =>
        AskAsync<Wire.ListSymbolsResponse>(string.Create(CultureInfo.InvariantCulture, $"/v1/symbols?pageSize={SymbolsPerPage}&pageToken={Escape(pageToken)}"), cancellationToken);

    /// <summary>At most <paramref name="count"/> ticks of a symbol, newest first, in their highest revisions.</summary>
    public async Task<Answer<TickPage>> TicksAsync(string symbol, TickCursor? from, int count, CancellationToken cancellationToken)
    {
        // One more than is shown tells whether there are older ones.
        var skip = from?.Skip ?? 0;
        var end = from is { } cursor ? cursor.EventTimeNs + 1 : _time.NowNs() + SkewMaxNs;
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/ticks?symbols={Escape(symbol)}&startNs={TickLimits.EventTimeMinNs}&endNs={end}&order=TICK_ORDER_DESCENDING&limit={skip + count + 1}");
        var body = await GetAsync(query, cancellationToken);
        return body.Then(text => ParseTicks(text).Then<TickPage>(ticks =>
        {
            List<Tick> shown = [.. ticks.Skip(skip).Take(count)];
            return new TickPage(shown, ticks.Count > skip + count && shown.Count > 0 ? TickCursor.After(from, shown) : null);
        }));
    }

    public Task<Answer<Wire.GetTickProvenanceResponse>> ProvenanceAsync(string symbol, string source, ulong sequence, CancellationToken cancellationToken) =>
        AskAsync<Wire.GetTickProvenanceResponse>(
            string.Create(CultureInfo.InvariantCulture, $"/v1/ticks:provenance?symbol={Escape(symbol)}&id.source={Escape(source)}&id.sequence={sequence}"), cancellationToken);

    public Task<Answer<Wire.GetSourceResponse>> SourceAsync(string source, CancellationToken cancellationToken) =>
        AskAsync<Wire.GetSourceResponse>($"/v1/sources/{Escape(source)}", cancellationToken);

    /// <param name="source">Empty is every source.</param>
    /// <param name="count">Letters at most; 1 to 1,000.</param>
    /// <param name="pageToken">Of the page before; empty is the newest.</param>
    /// <param name="cancellationToken">The page is shown no longer.</param>
    public Task<Answer<Wire.ListDeadLettersResponse>> DeadLettersAsync(string source, int count, string pageToken, CancellationToken cancellationToken) =>
        AskAsync<Wire.ListDeadLettersResponse>(
            string.Create(CultureInfo.InvariantCulture, $"/v1/deadLetters?pageSize={count}&pageToken={Escape(pageToken)}&source={Escape(source)}"), cancellationToken);

    public Task<Answer<Wire.GetDeadLetterResponse>> DeadLetterAsync(string id, CancellationToken cancellationToken) =>
        AskAsync<Wire.GetDeadLetterResponse>($"/v1/deadLetters/{Escape(id)}", cancellationToken);

    public void Dispose() => _http.Dispose();

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private async Task<Answer<T>> AskAsync<T>(string pathAndQuery, CancellationToken cancellationToken)
        where T : class, IMessage, new()
    {
        var body = await GetAsync(pathAndQuery, cancellationToken);
        return body.Then<T>(text => Parse<T>(text) is { } message ? message : Unreadable());
    }

    private async Task<Answer<string>> GetAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        if (_url is null)
            return QueryProblem.NotConfigured;
        try
        {
            using var response = await _http.GetAsync(new Uri(_url + pathAndQuery), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? body : QueryProblem.Of(response.StatusCode, body);
        }
        catch (Exception exception) when (Explain(exception, cancellationToken) is { } problem)
        {
            return problem;
        }
    }

    private static QueryProblem? Explain(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new QueryProblem(QueryProblemKind.Failed, $"Query's answer is larger than {AnswerBytesMax >> 20} MiB, which is too much for a page."),
        HttpRequestException { InnerException: SocketException } => QueryProblem.NoAnswer("nothing listens at its address"),
        HttpRequestException => QueryProblem.NoAnswer("the connection broke"),
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            QueryProblem.NoAnswer(string.Create(CultureInfo.InvariantCulture, $"it takes longer than {Timeout.TotalSeconds:0} s")),
        _ => null,
    };

    /// <summary>A stream of answers is one a line; where it fails on its way, the last line is the error.</summary>
    private static Answer<List<Tick>> ParseTicks(string lines)
    {
        var ticks = new List<Tick>();
        var reader = new TickBlockReader();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Parse<Wire.QueryTicksResponse>(line) is not { Block: { } block })
                return QueryProblem.Of(HttpStatusCode.OK, line);
            try
            {
                reader.Read(block.ToByteArray());
            }
            catch (TickBlockFormatException)
            {
                return Unreadable();
            }

            ticks.AddRange(reader.Ticks);
        }

        return ticks;
    }

    /// <summary>Null where the text is no such message.</summary>
    private static T? Parse<T>(string text)
        where T : class, IMessage, new()
    {
        try
        {
            return Json.Parse<T>(text);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException)
        {
            return null;
        }
    }

    private static QueryProblem Unreadable() => new(QueryProblemKind.Failed, "Query's answer is not one that this dashboard understands; they may be of different versions.");
}
