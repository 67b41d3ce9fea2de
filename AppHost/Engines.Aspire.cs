using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StockAspire.AppHost;

/// <summary>What stands behind the pipeline when Aspire runs it. The one place that chooses an engine.</summary>
internal static class Engines
{
    private const string CassandraCheck = "cassandra-cql";

    /// <summary>A container of Apache Kafka with a volume and a page to look into it, or the cluster that <c>ConnectionStrings:NAME</c> names.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddBroker(this IDistributedApplicationBuilder builder, string name, int port) =>
        string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name))
            ? builder.AddKafka(name, port).WithDataVolume().WithKafkaUI()
            : builder.AddConnectionString(name);

    /// <summary>A container of Apache Cassandra with a volume, healthy once it speaks CQL; or whatever <c>ConnectionStrings:NAME</c> says.</summary>
    internal static IResourceBuilder<IResourceWithConnectionString> AddTickStore(this IDistributedApplicationBuilder builder, string name)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name)))
            return builder.AddConnectionString(name);

        var cassandra = builder.AddContainer("cassandra", "cassandra", "5.0")
            .WithEndpoint(targetPort: 9042, scheme: "tcp", name: "cql")
            .WithVolume("stockaspire-cassandra", "/var/lib/cassandra")
            .WithHealthCheck(CassandraCheck);
        var address = cassandra.GetEndpoint("cql").Property(EndpointProperty.HostAndPort);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            CassandraCheck, _ => new CqlHealthCheck(address), HealthStatus.Unhealthy, tags: null));

        // Up only when the container is healthy, so that whoever waits for the connection string waits for Cassandra.
        return builder
            .AddConnectionString(name, ReferenceExpression.Create($"cassandra://{address}/stockaspire?dc=datacenter1&replication=1"))
            .WaitFor(cassandra);
    }

    /// <summary>
    /// Gives the instance the name that it keeps over restarts. Aspire gives all replicas the same variables, and two
    /// Sinks of one name fence each other: several are several resources here.
    /// </summary>
    internal static IResourceBuilder<ProjectResource> WithInstanceName(this IResourceBuilder<ProjectResource> builder, string variable)
    {
        var configured = builder.ApplicationBuilder.Configuration[variable.Replace("__", ":", StringComparison.Ordinal)];
        return builder.WithEnvironment(context =>
        {
            if (context.Resource.Annotations.OfType<ReplicaAnnotation>().Any(annotation => annotation.Replicas > 1))
            {
                throw new DistributedApplicationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Replicas of '{context.Resource.Name}' would all be {variable}={context.Resource.Name}-1; add a resource for each instead."));
            }
            context.EnvironmentVariables[variable] = configured ?? $"{context.Resource.Name}-1";
        });
    }

    /// <summary>Aspire's dashboard shows the metrics that this would poll for.</summary>
    internal static IResourceBuilder<ProjectResource> WithPipelineStatus(this IResourceBuilder<ProjectResource> query) => query;
}
