namespace StockAspire.AppHost;

/// <summary>
/// What stands behind the pipeline when Aspire runs it. Written against Aspire's documented API and never compiled
/// here: the registry that builds this project serves no Aspire package.
/// </summary>
internal static class Engines
{
    /// <summary>A Cassandra container with a volume, or whatever <c>ConnectionStrings:NAME</c> says.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddTickStore(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.Configuration[$"ConnectionStrings:{name}"] is not null)
            return builder.AddConnectionString(name);
        var cassandra = builder.AddContainer("cassandra", "cassandra", "5.0")
            .WithEndpoint(targetPort: 9042, scheme: "tcp", name: "cql")
            .WithVolume("stockaspire-cassandra", "/var/lib/cassandra");
        var address = cassandra.GetEndpoint("cql").Property(EndpointProperty.HostAndPort);
        return builder.AddConnectionString(name, ReferenceExpression.Create($"cassandra://{address}/stockaspire?dc=datacenter1&replication=1"));
    }

    /// <summary>Aspire's dashboard shows the metrics that this would poll for.</summary>
    internal static IResourceBuilder<ProjectResource> WithPipelineStatus(this IResourceBuilder<ProjectResource> query) => query;
}
