using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>
/// The embedded Kafka-protocol broker, one node on loopback; or, where <c>ConnectionStrings:NAME</c> is set, a cluster
/// that runs elsewhere, of which nothing is started here.
/// </summary>
public sealed class KafkaServerResource : Resource,
    IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport,
    IProcessResource, IExternalResource
{
    internal const string EndpointName = "tcp";

    /// <summary>Names the broker's built assembly; the AppHost's project file sets it as assembly metadata.</summary>
    internal const string AssemblyKey = "AppHost:KafkaBroker";

    private readonly string? _external;
    private readonly string? _brokerAssembly;
    private readonly string _dataDirectory;

    internal KafkaServerResource(string name, string? external, string? brokerAssembly, string dataDirectory)
        : base(name)
    {
        _external = external;
        _brokerAssembly = brokerAssembly;
        _dataDirectory = dataDirectory;
    }

    bool IExternalResource.IsExternal => _external is not null;

    public string ConnectionString => _external ?? string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Host}:{Endpoint.Port}");

    /// <summary><c>HOST</c> and <c>PORT</c>: of a cluster, those of the first bootstrap server.</summary>
    IEnumerable<KeyValuePair<string, string>> IResourceWithConnectionString.ConnectionProperties
    {
        get
        {
            var first = ConnectionString.Split(',')[0].Trim();
            var colon = first.LastIndexOf(':');
            return
            [
                new("HOST", colon < 0 ? first : first[..colon]),
                new("PORT", colon < 0 ? "9092" : first[(colon + 1)..]),
            ];
        }
    }

    private EndpointReference Endpoint => new(this, EndpointName);

    ProcessCommand IProcessResource.CreateCommand()
    {
        if (_brokerAssembly is null || !File.Exists(_brokerAssembly))
        {
            throw new DistributedApplicationException(
                $"The embedded broker of resource '{Name}' is not built: {_brokerAssembly ?? AssemblyKey} is missing. "
                + $"Build libs/KafkaBroker, or set ConnectionStrings:{Name} to a Kafka cluster.");
        }
        Directory.CreateDirectory(_dataDirectory);
        return new ProcessCommand(
            DotNetHost.Path,
            [_brokerAssembly, "--port", Endpoint.Port.ToString(CultureInfo.InvariantCulture), "--data", _dataDirectory],
            _dataDirectory);
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
        var external = builder.Configuration.GetConnectionString(name);
        var resource = new KafkaServerResource(
            name,
            string.IsNullOrWhiteSpace(external) ? null : external,
            builder.Configuration[KafkaServerResource.AssemblyKey],
            Path.Combine(builder.DataDirectory, name));
        if (!((IExternalResource)resource).IsExternal)
        {
            resource.Annotations.Add(new EndpointAnnotation(KafkaServerResource.EndpointName, "tcp") { Port = port });
            resource.Annotations.Add(new TcpHealthCheckAnnotation(KafkaServerResource.EndpointName));
        }
        return builder.AddResource(resource);
    }

    /// <summary>
    /// Keeps the log over restarts. The embedded broker always does, below the data directory; the call is here for the
    /// container flavour, which loses it otherwise.
    /// </summary>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(this IResourceBuilder<KafkaServerResource> builder) => builder;
}
