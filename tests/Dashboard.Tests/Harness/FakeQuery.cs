using System.Globalization;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>Answers in Query's JSON with what a test sets; can go away and come back.</summary>
internal sealed class FakeQuery : IAsyncDisposable
{
    private WebApplication? _server;
    private int _port;

    public string Url => $"http://127.0.0.1:{_port}";

    public GetPipelineStatusResponse Status { get; set; } = new();

    /// <summary>What is stored, and where it came from.</summary>
    public StoredTicks Stored { get; } = new();

    /// <summary>Oldest first, as they are in their topic.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters { get; set; } = [];

    /// <summary>What every call but the pipeline's status is answered with, as where Query cannot reach the store; null where all is well.</summary>
    public Google.Rpc.Status? Fault { get; set; }

    public static async Task<FakeQuery> StartAsync(GetPipelineStatusResponse status)
    {
        var query = new FakeQuery { Status = status };
        await query.StartAsync();
        return query;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _server = builder.Build();
        _server.MapGet("/v1/pipeline:status", () => Json(Status));
        _server.MapGet("/v1/symbols", () => Answer(Stored.Symbols()));
        _server.MapGet("/v1/ticks", (string symbols, long endNs, int limit) => Fault is { } fault
            // The headers of a stream are out before it reads the store: its error is a line, after 200.
            ? Json(fault)
            : Results.Text(string.Concat(Stored.Newest(symbols, endNs, limit).Select(answer => JsonFormatter.Default.Format(answer) + "\n")), "application/json"));
        _server.MapGet("/v1/ticks:provenance", (HttpRequest request) => Answer(Stored.Provenance(request.Query["id.source"]!, ulong.Parse(request.Query["id.sequence"]!, CultureInfo.InvariantCulture))));
        _server.MapGet("/v1/sources/{**source}", (string source) => Answer(StoredTicks.Source(source)));
        _server.MapGet("/v1/deadLetters", (int pageSize, string? pageToken, string? source) => Answer(Letters(pageSize, pageToken, source)));
        _server.MapGet("/v1/deadLetters/{id}", (string id) => Answer(DeadLetters.FirstOrDefault(letter => letter.Id == id) is { } letter ? new GetDeadLetterResponse { DeadLetter = letter } : null));
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
    }

    /// <summary>Null is NOT_FOUND.</summary>
    private IResult Answer(IMessage? message) =>
        Fault is { } fault ? Json(fault, StatusCodes.Status503ServiceUnavailable)
        : message is null ? Json(new Google.Rpc.Status { Code = (int)Google.Rpc.Code.NotFound, Message = "There is nothing of that name." }, StatusCodes.Status404NotFound)
        : Json(message);

    private static IResult Json(IMessage message, int status = StatusCodes.Status200OK) => Results.Text(JsonFormatter.Default.Format(message), "application/json", statusCode: status);

    private ListDeadLettersResponse Letters(int pageSize, string? pageToken, string? source)
    {
        var skip = string.IsNullOrEmpty(pageToken) ? 0 : int.Parse(pageToken, CultureInfo.InvariantCulture);
        var letters = DeadLetters.Reverse().Where(letter => string.IsNullOrEmpty(source) || letter.Source == source).ToList();
        return new ListDeadLettersResponse
        {
            DeadLetters = { letters.Skip(skip).Take(pageSize) },
            NextPageToken = letters.Count > skip + pageSize ? $"{skip + pageSize}" : string.Empty,
        };
    }
}
