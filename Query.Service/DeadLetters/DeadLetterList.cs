using System.Globalization;
using Confluent.Kafka;
using StockAspire.Query.Errors;
using StockAspire.Query.Pipeline;
using StockAspire.Query.Sources;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.DeadLetters;

/// <summary>Reads topic <c>ticks.dlq</c>, which has one partition: newest first, a page at a time.</summary>
internal sealed class DeadLetterList(KafkaClients clients, TopicOffsets offsets)
{
    private const int Partition = 0;

    /// <summary>Records that one call reads at most; a page of a rare source may be short, and its token goes on.</summary>
    private const int ScanMax = 10_000;

    /// <summary>Bytes of raw rows in an answer: gRPC clients take 4 MiB by default.</summary>
    private const int AnswerBytesMax = 2 << 20;

    public async Task<Wire.ListDeadLettersResponse> ListAsync(Wire.ListDeadLettersRequest request, CancellationToken cancellationToken)
    {
        var checks = new RequestChecks();
        var size = checks.PageSize(request.PageSize);
        var token = PageToken.TryParse(ListKind.DeadLetters, request.PageToken);
        var before = long.MaxValue;
        checks.Require(
            token is not null && (token.Length == 0 || long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out before)),
            "page_token",
            "expected a token that ListDeadLetters gave").ThrowIfFailed();

        var beginning = (await offsets.BeginningAsync(Topics.DeadLetters, 1, cancellationToken))[Partition];
        var end = Math.Min(before, (await offsets.EndAsync(Topics.DeadLetters, 1, cancellationToken))[Partition]);
        return await Task.Run(() => Collect(request.Source, size, beginning, end, cancellationToken), cancellationToken);
    }

    public async Task<Wire.GetDeadLetterResponse> GetAsync(Wire.GetDeadLetterRequest request, CancellationToken cancellationToken)
    {
        var parts = request.Id.Split('-');
        var offset = -1L;
        var isId = parts.Length == 2 && parts[0] == "0" && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out offset);
        new RequestChecks().Require(isId, "id", $"expected PARTITION-OFFSET of ticks.dlq, such as 0-17, got \"{request.Id}\"").ThrowIfFailed();
        var beginning = (await offsets.BeginningAsync(Topics.DeadLetters, 1, cancellationToken))[Partition];
        var end = (await offsets.EndAsync(Topics.DeadLetters, 1, cancellationToken))[Partition];
        var letter = offset >= beginning && offset < end
            ? await Task.Run(() => Read(offset, offset + 1, cancellationToken).FirstOrDefault(), cancellationToken)
            : null;
        return new Wire.GetDeadLetterResponse { DeadLetter = letter ?? throw ApiError.NotFound($"There is no dead letter {request.Id}.") };
    }

    private Wire.ListDeadLettersResponse Collect(string source, int size, long beginning, long end, CancellationToken cancellationToken)
    {
        var response = new Wire.ListDeadLettersResponse();
        var bytes = 0;
        var next = end;
        var floor = Math.Max(beginning, end - ScanMax);
        while (next > floor)
        {
            var from = Math.Max(floor, next - size);
            foreach (var letter in Read(from, next, cancellationToken).AsEnumerable().Reverse())
            {
                var isWanted = source.Length == 0 || letter.Source == source;
                var isFull = response.DeadLetters.Count == size || (bytes > 0 && bytes + letter.CalculateSize() > AnswerBytesMax);
                if (isWanted && isFull)
                {
                    return response;
                }

                next = OffsetOf(letter);
                if (isWanted)
                {
                    bytes += letter.CalculateSize();
                    response.DeadLetters.Add(letter);
                    response.NextPageToken = Token(next);
                }
            }

            next = from;
            response.NextPageToken = Token(next);
        }

        return response;

        string Token(long offset) =>
            offset > beginning ? PageToken.Format(ListKind.DeadLetters, offset.ToString(CultureInfo.InvariantCulture)) : string.Empty;
    }

    /// <summary>The letters of offsets [from, to), ascending.</summary>
    private List<Wire.DeadLetter> Read(long from, long to, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateReader("stockaspire-query-dead-letters");
        return [.. TopicRange.Read(consumer, new TopicPartition(Topics.DeadLetters, Partition), from, to, cancellationToken).Select(DeadLetterRecord.ToMessage)];
    }

    private static long OffsetOf(Wire.DeadLetter letter) => long.Parse(letter.Id.AsSpan(letter.Id.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
