using System.Globalization;

namespace StockAspire.LocalHosting;

/// <summary>The embedded Kafka-protocol broker, one node on loopback.</summary>
public sealed class KafkaServerResource : Resource,
    IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport, IProcessResource
{
    internal const string EndpointName = "tcp";

    /// <summary>Names the broker's built assembly; the AppHost's project file sets it as assembly metadata.</summary>
    internal const string AssemblyKey = "AppHost:KafkaBroker";

    private readonly string? _brokerAssembly;

    internal KafkaServerResource(string name, string? brokerAssembly, string dataDirectory)
        : base(name)
    {
        _brokerAssembly = brokerAssembly;
        DataDirectory = dataDirectory;
    }

    public EndpointReference PrimaryEndpoint => new(this, EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");

    internal string DataDirectory { get; set; }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Port)}")),
    ];

    ProcessCommand IProcessResource.CreateCommand()
    {
        if (_brokerAssembly is null || !File.Exists(_brokerAssembly))
        {
            throw new DistributedApplicationException(
                $"The embedded broker of resource '{Name}' is not built: {_brokerAssembly ?? AssemblyKey} is missing. Build libs/KafkaBroker.");
        }
        Directory.CreateDirectory(DataDirectory);
        return new ProcessCommand(
            DotNetHost.Path,
            [_brokerAssembly, "--port", PrimaryEndpoint.Port.ToString(CultureInfo.InvariantCulture), "--data", DataDirectory],
            DataDirectory);
    }
}

public static class KafkaServerResourceExtensions
{
    /// <param name="builder">The application.</param>
    /// <param name="name">Also the key of the connection string.</param>
    /// <param name="port">The broker's port when ports are fixed; null: any free one.</param>
    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder, string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = new KafkaServerResource(
            name, builder.Configuration[KafkaServerResource.AssemblyKey], Path.Combine(builder.DataDirectory, name));
        resource.Annotations.Add(new EndpointAnnotation(KafkaServerResource.EndpointName, "tcp") { Port = port });
        resource.Annotations.Add(new TcpHealthCheckAnnotation(KafkaServerResource.EndpointName));
        return builder.AddResource(resource);
    }

    /// <summary>
    /// Keeps the log in the folder <paramref name="name"/> of the data directory. The embedded broker keeps it anyway,
    /// in a folder of the resource's name; a container loses it without this.
    /// </summary>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(this IResourceBuilder<KafkaServerResource> builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (name is not null)
            builder.Resource.DataDirectory = Path.Combine(builder.ApplicationBuilder.DataDirectory, ResourceName.Check(name));
        return builder;
    }
}
