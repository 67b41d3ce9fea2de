using System.Globalization;
using Microsoft.Extensions.Options;
using StockAspire.Market.Blocks;

namespace StockAspire.Query;

/// <summary>Section <c>Query</c>; its limits are in <see cref="QueryOptionsValidator"/>.</summary>
internal sealed class QueryOptions
{
    public const string SectionName = "Query";

    /// <summary>Ticks in a block of an answer, at most. Smaller blocks mean finer resume tokens and more messages.</summary>
    public int BlockTicks { get; set; } = TickBlock.RowsMax;

    /// <summary>Widest range of event time that a query without a limit may ask for.</summary>
    public TimeSpan MaxRange { get; set; } = TimeSpan.FromDays(31);

    /// <summary>Subscriptions at the same time.</summary>
    public int MaxSubscriptions { get; set; } = 1_000;

    /// <summary>Bytes of blocks that wait for one subscriber before its slow-reader policy takes over.</summary>
    public int SubscriberQueueBytes { get; set; } = 4 << 20;

    /// <summary>Time between heartbeats on a quiet stream where the subscriber names none.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Each message names the key, its value and its limits.</summary>
internal sealed class QueryOptionsValidator : IValidateOptions<QueryOptions>
{
    public static readonly TimeSpan HeartbeatMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan HeartbeatMax = TimeSpan.FromSeconds(60);

    public ValidateOptionsResult Validate(string? name, QueryOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.BlockTicks), options.BlockTicks, 1, TickBlock.RowsMax);
        Check(nameof(options.MaxRange), options.MaxRange, TimeSpan.FromSeconds(1), TimeSpan.FromDays(36_525));
        Check(nameof(options.MaxSubscriptions), options.MaxSubscriptions, 1, 100_000);
        Check(nameof(options.SubscriberQueueBytes), options.SubscriberQueueBytes, 64 << 10, 1 << 30);
        Check(nameof(options.Heartbeat), options.Heartbeat, HeartbeatMin, HeartbeatMax);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check<T>(string key, T value, T min, T max)
            where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{QueryOptions.SectionName}:{key} is {value}; expected {min} to {max}."));
            }
        }
    }
}
