namespace StockAspire.Otlp;

/// <summary>A process that sends telemetry. One object for each service name and instance, so that references compare.</summary>
public sealed class TelemetryResource
{
    internal TelemetryResource(string serviceName, string instanceId, IReadOnlyList<TelemetryAttribute> attributes)
    {
        ServiceName = serviceName;
        InstanceId = instanceId;
        Attributes = attributes;
    }

    /// <summary><c>service.name</c>; <c>unknown_service</c> where a process does not say.</summary>
    public string ServiceName { get; }

    /// <summary><c>service.instance.id</c>; empty where a process does not say.</summary>
    public string InstanceId { get; }

    /// <summary>As in the first message of this instance.</summary>
    public IReadOnlyList<TelemetryAttribute> Attributes { get; }

    /// <summary>Order of use among all resources; the least recently seen is forgotten first.</summary>
    internal long LastSeen { get; set; }

    /// <summary>Time of its newest data point: a counter that first comes after that was zero then. Guarded by the metrics' lock.</summary>
    internal long LastMetricUnixNs { get; set; }

    /// <summary>True for the service's name, for name and instance as <see cref="ToString"/> writes them, and for no name at all.</summary>
    public bool IsNamed(string? name) =>
        string.IsNullOrEmpty(name) || name == ServiceName || InstanceId.Length > 0 && name == ToString();

    public override string ToString() => InstanceId.Length == 0 ? ServiceName : $"{ServiceName}-{InstanceId}";
}
