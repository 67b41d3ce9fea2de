using Confluent.Kafka;
using Grpc.Core;
using StockAspire.Query.Service.Tests.Errors;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.DeadLetters;

public sealed class DeadLetterTests
{
    [Fact]
    public async Task DeadLetters_AreListedNewestFirst_OncePerLetter_AndFoundByTheirId()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        for (var i = 0; i < 25; i++)
        {
            await broker.ProduceAsync(Topics.DeadLetters, null, [(byte)i], new Headers
            {
                { DeadLetterHeaders.Source, i % 5 == 0 ? "rare"u8.ToArray() : "feed"u8.ToArray() },
                { DeadLetterHeaders.Sequence, System.Text.Encoding.UTF8.GetBytes($"{i}") },
                { DeadLetterHeaders.Field, "price"u8.ToArray() },
                { DeadLetterHeaders.Expected, "a number"u8.ToArray() },
                { DeadLetterHeaders.Actual, "x"u8.ToArray() },
                { "traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"u8.ToArray() },
            });
        }

        var all = await ListAsync(host, new Wire.ListDeadLettersRequest { PageSize = 10 });
        var rare = await ListAsync(host, new Wire.ListDeadLettersRequest { PageSize = 2, Source = "rare" });

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => (ulong)i), all.Select(letter => letter.Sequence));
        Assert.Equal([20UL, 15, 10, 5, 0], rare.Select(letter => letter.Sequence));
        var found = await host.Ops.GetDeadLetterAsync(new Wire.GetDeadLetterRequest { Id = all[3].Id }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(all[3], found.DeadLetter);
        Assert.Equal(("0-21", "price", "expected a number, got x"), (found.DeadLetter.Id, found.DeadLetter.Field, found.DeadLetter.Reason));
        Assert.Equal(("0123456789abcdef0123456789abcdef", "0123456789abcdef"), (found.DeadLetter.TraceId, found.DeadLetter.SpanId));
        Assert.Equal(("actual", "x"), (found.DeadLetter.Headers[4].Name, found.DeadLetter.Headers[4].Value.ToStringUtf8()));
        var missing = await RichErrors.OfAsync(async () => await host.Ops.GetDeadLetterAsync(new Wire.GetDeadLetterRequest { Id = "0-25" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
        var bad = await RichErrors.OfAsync(async () => await host.Ops.GetDeadLetterAsync(new Wire.GetDeadLetterRequest { Id = "17" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["id"], bad.Fields());
    }

    [Fact]
    public async Task A_reason_that_a_client_gave_in_one_sentence_is_told_as_it_is()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.ProduceAsync(Topics.DeadLetters, null, [1], new Headers { { DeadLetterHeaders.Expected, "expected a number, got x in column price"u8.ToArray() }, { DeadLetterHeaders.Stage, "ingest"u8.ToArray() } });

        var letter = Assert.Single(await ListAsync(host, new Wire.ListDeadLettersRequest { PageSize = 10 }));

        Assert.Equal("expected a number, got x in column price; given up by ingest", letter.Reason);
    }

    private static async Task<List<Wire.DeadLetter>> ListAsync(QueryHost host, Wire.ListDeadLettersRequest request)
    {
        var letters = new List<Wire.DeadLetter>();
        do
        {
            var page = await host.Ops.ListDeadLettersAsync(request, cancellationToken: TestContext.Current.CancellationToken);
            Assert.InRange(page.DeadLetters.Count, 0, request.PageSize);
            letters.AddRange(page.DeadLetters);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return letters;
    }
}
