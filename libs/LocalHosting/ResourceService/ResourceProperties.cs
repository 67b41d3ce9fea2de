using Google.Protobuf.WellKnownTypes;
using Wire = Aspire.DashboardService.Proto.V1;

namespace StockAspire.LocalHosting;

/// <summary>The properties of a resource, under the names that Aspire's dashboard has columns and rows for.</summary>
internal static class ResourceProperties
{
    /// <summary>Not Aspire's: why the resource is in its state, in words.</summary>
    internal const string Reason = "resource.stateReason";

    /// <summary>Not Aspire's: how often it was started again after it had ended by itself.</summary>
    internal const string Restarts = "resource.restarts";

    internal const string ExitCode = "resource.exitCode";
    internal const string Pid = "executable.pid";

    internal static IEnumerable<Wire.ResourceProperty> Of(ResourceSnapshot snapshot)
    {
        if (snapshot.Reason is { } reason)
            yield return Property(Reason, Value.ForString(reason), "Reason");
        if (snapshot.Restarts > 0)
            yield return Property(Restarts, Value.ForNumber(snapshot.Restarts), "Restarts");
        if (snapshot.ExitCode is { } exitCode)
            yield return Property(ExitCode, Value.ForNumber(exitCode));
        if (snapshot.Health is { } health)
            yield return Property("resource.healthState", Value.ForString(health.IsHealthy is true ? "Healthy" : "Unhealthy"));
        if (ConnectionStringAllocator.Of(snapshot.Resource) is { } connectionString)
            yield return Property("resource.connectionString", Value.ForString(connectionString), isSensitive: true);
        if (snapshot.Resource.Annotations.OfType<IProjectMetadata>().FirstOrDefault() is { } project)
            yield return Property("project.path", Value.ForString(project.ProjectPath));
        if (snapshot.Command is not { } command)
            yield break;

        yield return Property("executable.path", Value.ForString(command.FileName));
        yield return Property("executable.workDir", Value.ForString(command.WorkingDirectory));
        var arguments = command.Arguments.Concat(snapshot.Plan.Arguments).Select(Value.ForString);
        yield return Property("executable.args", Value.ForList([.. arguments]), isSensitive: true);
        if (snapshot.Pid is { } pid)
            yield return Property(Pid, Value.ForNumber(pid));
    }

    private static Wire.ResourceProperty Property(string name, Value value, string? displayName = null, bool isSensitive = false)
    {
        var property = new Wire.ResourceProperty { Name = name, Value = value, IsSensitive = isSensitive };
        if (displayName is not null)
            property.DisplayName = displayName;
        return property;
    }
}
