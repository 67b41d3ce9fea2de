namespace StockAspire.LocalHosting;

/// <summary>A value from outside the application: <c>Parameters:NAME</c> of the AppHost's configuration, or one given in code.</summary>
public sealed class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
{
    private readonly Func<string> _value;

    internal ParameterResource(string name, Func<string> value, bool secret)
        : base(name)
    {
        _value = value;
        Secret = secret;
    }

    /// <summary>Not to be shown.</summary>
    public bool Secret { get; }

    /// <summary>Written into the manifest as what a deployment may go without asking for; null: it must ask.</summary>
    internal Func<string>? Default { get; init; }

    public string ValueExpression => $"{{{Name}.value}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value());
}

public static class ParameterResourceExtensions
{
    /// <summary>
    /// The value of <c>Parameters:name</c>. Environment variables cannot have a hyphen: <c>Parameters__csv_root</c> sets
    /// <c>csv-root</c>. A missing one is an error that names the key, when the first resource that needs it starts.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddParameterFromConfiguration(name, $"Parameters:{name}", secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddParameter(name, () => value, publishValueAsDefault, secret);
    }

    /// <param name="builder">The application.</param>
    /// <param name="name">Of the parameter.</param>
    /// <param name="valueGetter">Asked at each start of a resource that uses it.</param>
    /// <param name="publishValueAsDefault">Writes the value into the manifest.</param>
    /// <param name="secret">The value is not to be shown; such a one is never in a manifest.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(valueGetter);
        if (publishValueAsDefault && secret)
            throw new ArgumentException($"Parameter '{name}' cannot be both a secret and published as a default.", nameof(secret));
        return builder.AddResource(new ParameterResource(name, valueGetter, secret) { Default = publishValueAsDefault ? valueGetter : null });
    }

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configurationKey);
        var configuration = builder.Configuration;
        return builder.AddResource(new ParameterResource(name, Read, secret));

        string Read() => configuration[configurationKey] ?? configuration[configurationKey.Replace('-', '_')]
            ?? throw new DistributedApplicationException($"Parameter '{name}' is missing; set {configurationKey}.");
    }
}
