using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StockAspire.TickStore;
using StockAspire.TickStore.Cassandra;
using StockAspire.TickStream;

namespace StockAspire.Deploy.Tests.Manifests;

/// <summary>
/// What a service can be told by its environment, by its own options and appsettings.json: a key that would go unheard, a value
/// that it would refuse, an endpoint that it does not have.
/// </summary>
internal sealed partial class ServiceSettings
{
    /// <summary>Of every service, see ServiceDefaults.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(8);

    private static readonly string[] Plain =
    [
        "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS",
        "DOTNET_EnableDiagnostics", "POD_NAME",
    ];

    private readonly Dictionary<string, Type> _sections;

    private ServiceSettings(string service, bool hasStore)
    {
        var name = $"{char.ToUpperInvariant(service[0])}{service[1..]}";
        Assembly = Assembly.Load($"StockAspire.{name}.Service");
        _sections = new Dictionary<string, Type>
        {
            [name] = Assembly.GetType($"StockAspire.{name}.{name}Options", throwOnError: true)!,
            [KafkaOptions.SectionName] = typeof(KafkaOptions),
        };
        if (hasStore)
        {
            _sections[TickStoreOptions.SectionName] = typeof(TickStoreOptions);
        }

        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, $"{name}.Service", "appsettings.json")));
        Endpoints = json.RootElement.GetProperty("Kestrel").GetProperty(nameof(Endpoints)).EnumerateObject()
            .ToDictionary(endpoint => endpoint.Name, endpoint => new Uri(endpoint.Value.GetProperty("Url").GetString()!).Port);
        HasStore = hasStore;
    }

    /// <summary>Port by name, as appsettings.json has them.</summary>
    public IReadOnlyDictionary<string, int> Endpoints { get; }

    private Assembly Assembly { get; }

    private bool HasStore { get; }

    public static ServiceSettings Of(string service) => new(service, hasStore: service is "sink" or "query");

    /// <summary>Fails with everything that is wrong with an environment.</summary>
    public void Check(IReadOnlyDictionary<string, string> environment) => Assert.Empty(Faults(environment));

    public IReadOnlyList<string> Faults(IReadOnlyDictionary<string, string> environment)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)))
            .Build();
        return
        [
            .. environment.Keys.Where(key => !IsKnown(key)).Select(key => $"{key} is no setting of this service"),
            .. _sections.SelectMany(section => BindingFaults(configuration, section.Key, section.Value)),
            .. ConnectionFaults(configuration),
        ];
    }

    private bool IsKnown(string key) => key.Split("__") switch
    {
        [_] => Plain.Contains(key),
        ["ConnectionStrings", KafkaOptions.ConnectionName] => true,
        ["ConnectionStrings", TickStoreOptions.ConnectionName] => HasStore,
        ["Kestrel", "Endpoints", var endpoint, "Url"] => Endpoints.ContainsKey(endpoint),
        ["Logging", "Console", "FormatterName"] => true,
        [var section, ..] => _sections.ContainsKey(section),
        _ => false,
    };

    private static IEnumerable<string> BindingFaults(IConfiguration configuration, string section, Type options)
    {
        object bound;
        try
        {
            bound = configuration.GetSection(section).Get(options, binder => binder.ErrorOnUnknownConfiguration = true) ?? Activator.CreateInstance(options)!;
        }
        catch (InvalidOperationException exception)
        {
            return [$"{section}: {exception.Message}"];
        }

        return ValidationFaults(bound);
    }

    /// <summary>By the validator that the service itself uses.</summary>
    private static IEnumerable<string> ValidationFaults(object options)
    {
        if (options is KafkaOptions kafka)
        {
            List<ValidationResult> results = [];
            Validator.TryValidateObject(kafka.Security, new ValidationContext(kafka.Security), results, validateAllProperties: true);
            kafka.BootstrapServers = "given apart";
            Validator.TryValidateObject(kafka, new ValidationContext(kafka), results, validateAllProperties: true);
            return results.Select(result => result.ErrorMessage!);
        }

        var validator = options.GetType().Assembly.GetType(options.GetType().FullName + "Validator", throwOnError: true)!;
        if (options is TickStoreOptions)
        {
            // Its connection string and credentials are checked with it.
            return [];
        }

        var validate = typeof(IValidateOptions<>).MakeGenericType(options.GetType()).GetMethod("Validate")!;
        var result = (ValidateOptionsResult)validate.Invoke(Activator.CreateInstance(validator), [null, options])!;
        return result.Failures ?? [];
    }

    private IEnumerable<string> ConnectionFaults(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration.GetConnectionString(KafkaOptions.ConnectionName)))
        {
            yield return "ConnectionStrings__kafka is missing";
        }

        if (HasStore)
        {
            var options = configuration.GetSection(TickStoreOptions.SectionName).Get<TickStoreOptions>() ?? new TickStoreOptions();

            // The files are on the machine that is meant; here they must be some that exist.
            var file = typeof(ServiceSettings).Assembly.Location;
            options.ConnectionString = AuthorityFile().Replace(configuration.GetConnectionString(TickStoreOptions.ConnectionName) ?? string.Empty, file);
            options.PasswordFile = options.PasswordFile is null ? null : file;
            foreach (var fault in options.ConnectionString.StartsWith(CassandraTickStores.Provider.Scheme, StringComparison.Ordinal)
                ? CassandraTickStores.Provider.Check(options)
                : ["ConnectionStrings__tickstore is no cassandra:// address"])
            {
                yield return fault;
            }
        }
    }

    [GeneratedRegex("(?<=[?&]ca=)/[^&]+")]
    private static partial Regex AuthorityFile();
}
