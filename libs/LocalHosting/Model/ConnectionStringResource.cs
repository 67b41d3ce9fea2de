using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>A connection string that is put together from other values.</summary>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;
}

/// <summary>Something that runs elsewhere, or inside its users: <c>ConnectionStrings:NAME</c> of the AppHost's configuration.</summary>
internal sealed class ConfiguredConnectionString(string name, IConfiguration configuration) : Resource(name), IResourceWithConnectionString
{
    /// <summary>Is itself the value: it comes from where it is deployed.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{this}");

    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        var value = configuration.GetConnectionString(Name);
        return new(string.IsNullOrWhiteSpace(value) ? null : value);
    }
}

public static class ConnectionStringResourceExtensions
{
    /// <summary>Hands on <c>ConnectionStrings:name</c> of the AppHost's configuration.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ConfiguredConnectionString(name, builder.Configuration));
    }

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionStringExpression);
        return builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
    }
}
