using Microsoft.Extensions.Options;

namespace StockAspire.TickStore;

/// <summary>Each fault in one line that names the key, its value and what it may be.</summary>
internal sealed class TickStoreOptionsValidator(IReadOnlyList<ITickStoreProvider> providers) : IValidateOptions<TickStoreOptions>
{
    public static readonly TimeSpan BucketWidthMin = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan BucketWidthMax = TimeSpan.FromDays(1);
    public static readonly TimeSpan RequestTimeoutMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan RequestTimeoutMax = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, TickStoreOptions options)
    {
        var faults = new List<string>();
        CheckConnectionString(faults, options);
        if (options.Layout != TickStorePlan.RowsLayout)
            faults.Add($"Store:Layout is \"{options.Layout}\"; it must be {TickStorePlan.RowsLayout}.");
        CheckRange(faults, "Store:BucketWidth", options.BucketWidth, BucketWidthMin, BucketWidthMax);
        CheckRange(faults, "Store:RequestTimeout", options.RequestTimeout, RequestTimeoutMin, RequestTimeoutMax);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The text of an unknown scheme is never repeated: there may be a password in it.</summary>
    private void CheckConnectionString(List<string> faults, TickStoreOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            faults.Add($"{TickStoreOptions.ConnectionKey} is missing: give the tick store's address, such as sqlite:data/ticks.db.");
        else if (TickStores.Find(providers, options.ConnectionString) is { } provider)
            faults.AddRange(provider.Check(options));
        else
            faults.Add($"{TickStoreOptions.ConnectionKey} must begin with {string.Join(" or ", providers.Select(known => known.Scheme))}.");
    }

    private static void CheckRange(List<string> faults, string key, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max)
            faults.Add($"{key} is {value}; it must be between {min} and {max}.");
    }
}
