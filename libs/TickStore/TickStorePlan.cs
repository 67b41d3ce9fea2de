using StockAspire.Market;

namespace StockAspire.TickStore;

/// <summary>How a store lays its rows out, recorded in it: a row's bucket is a pure function of the plan and its event time.</summary>
/// <param name="Layout">One of the layouts below.</param>
/// <param name="BucketWidthNs">Event time of a bucket in ns, above 0.</param>
internal readonly record struct TickStorePlan(string Layout, long BucketWidthNs)
{
    public const string RowsLayout = "rows";

    public static TickStorePlan Of(TickStoreOptions options) => new(options.Layout, UnixTime.FromTimeSpan(options.BucketWidth));

    /// <summary>Number of the bucket: event time over width, rounded down, so before 1970 it is negative.</summary>
    public long BucketOf(long eventTimeNs) => UnixTime.FloorDivide(eventTimeNs, BucketWidthNs);

    /// <summary>Event time at which a bucket begins; the last one of int64 ends at its maximum.</summary>
    public long StartOf(long bucket) => (long)Int128.Clamp((Int128)bucket * BucketWidthNs, long.MinValue, long.MaxValue);

    /// <exception cref="TickStoreSchemaException">The configured plan is another one; the message names both.</exception>
    public void CheckConfigured(TickStorePlan configured, string store)
    {
        if (configured.Layout != Layout)
            throw Mismatch(store, "Store:Layout", Layout, configured.Layout);
        if (configured.BucketWidthNs != BucketWidthNs)
            throw Mismatch(store, "Store:BucketWidth", Width(BucketWidthNs), Width(configured.BucketWidthNs));
    }

    private static TickStoreSchemaException Mismatch(string store, string key, string recorded, string configured) => new(
        $"{store} was made with {key} {recorded}, the configuration says {configured}. It is fixed once a store is made: set {key} to {recorded}, or use a new store.");

    private static string Width(long ns) => TimeSpan.FromTicks(ns / UnixTime.NsPerTimeSpanTick).ToString();
}
