using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Schema;

/// <summary>
/// Numbers for topic ids, given out by compare-and-set: whoever takes a number first has it, and whoever lost looks again. Serial
/// over all datacenters, since two topics under one number would be one for ever.
/// </summary>
internal sealed class TopicRegistry(StoreSession store)
{
    /// <summary>Position = epoch x 2^48 + offset must stay within int64.</summary>
    private const int EpochMax = (1 << (63 - StoredTick.OffsetBits)) - 1;

    /// <summary>The topic's epoch; null where no writer has registered it.</summary>
    public async Task<int?> FindAsync(Guid topicId, CancellationToken cancellationToken) => (await ReadAsync(topicId, store.Consistency, cancellationToken)).Epoch;

    public async Task<int> RegisterAsync(Guid topicId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (epoch, next) = await ReadAsync(topicId, CqlConsistency.Serial, cancellationToken);
            if (epoch is not null)
                return epoch.Value;
            if (next > EpochMax)
                throw new TickStoreRejectedException($"Topic {topicId} would be incarnation {next}; a store has room for {EpochMax + 1}.");

            using var statement = store.InsertTopic.Bind();
            statement.Values.AppendInt(CassandraSchema.Part).AppendInt(next).AppendUuid(topicId);
            using var result = await store.Cql.ExecuteAsync(statement, cancellationToken);
            if (result.WasApplied())
                return next;
        }
    }

    private async Task<(int? Epoch, int Next)> ReadAsync(Guid topicId, CqlConsistency consistency, CancellationToken cancellationToken)
    {
        using var statement = store.SelectTopics.Bind();
        statement.Consistency = consistency;
        statement.PageSize = EpochMax + 1;
        statement.Values.AppendInt(CassandraSchema.Part);
        using var result = await store.Cql.ExecuteAsync(statement, cancellationToken);
        var next = 0;
        foreach (var row in result)
        {
            var epoch = row[0].GetInt();
            if (row[1].GetUuid() == topicId)
                return (epoch, next);
            next = epoch + 1;
        }

        return (null, next);
    }
}
