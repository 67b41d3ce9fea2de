using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>Something that runs elsewhere, or inside its users, and is reached by a connection string.</summary>
internal sealed class ConnectionStringResource(string name, IConfiguration configuration)
    : Resource(name), IResourceWithConnectionString, IExternalResource
{
    public string ConnectionString => configuration.GetConnectionString(Name)
        ?? throw new DistributedApplicationException($"Connection string '{Name}' is missing; set ConnectionStrings:{Name}.");

    bool IExternalResource.IsExternal => true;
}

public static class ConnectionStringResourceExtensions
{
    /// <summary>Hands on <c>ConnectionStrings:name</c> of the AppHost's configuration.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ConnectionStringResource(name, builder.Configuration));
    }
}
