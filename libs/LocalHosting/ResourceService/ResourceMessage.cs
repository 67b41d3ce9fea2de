using Google.Protobuf.WellKnownTypes;
using Wire = Aspire.DashboardService.Proto.V1;

namespace StockAspire.LocalHosting;

/// <summary>
/// One resource as a dashboard is told of it. Values of environment variables are sent, as Aspire does: the dashboard
/// masks them, and only who has the key of this run is told.
/// </summary>
internal static class ResourceMessage
{
    internal static Wire.Resource Create(ResourceSnapshot snapshot)
    {
        var message = new Wire.Resource
        {
            Name = snapshot.Name,
            DisplayName = snapshot.Resource.Name,
            ResourceType = TypeOf(snapshot.Resource),
            Uid = snapshot.Instance?.InstanceId ?? snapshot.Name,
            State = snapshot.State.ToString(),
            StateStyle = StyleOf(snapshot),
            CreatedAt = Timestamp.FromDateTimeOffset(snapshot.CreatedAt),
            StartedAt = TimeOf(snapshot.StartedAt),
            StoppedAt = TimeOf(snapshot.StoppedAt),
            IsHidden = snapshot.Resource is DashboardResource,
            Environment = { snapshot.Plan.Environment.Select(variable => new Wire.EnvironmentVariable { Name = variable.Key, Value = variable.Value, IsFromSpec = true }) },
            Properties = { ResourceProperties.Of(snapshot) },
            Relationships = { RelationshipsOf(snapshot.Resource) },
        };
        if (snapshot.Instance is { } instance)
        {
            message.Urls.AddRange(instance.Endpoints.Select((endpoint, order) => new Wire.Url
            {
                EndpointName = endpoint.Name,
                FullUrl = endpoint.UrlOf(instance.Replica),
                IsInactive = snapshot.State != ResourceState.Running,
                DisplayProperties = new Wire.UrlDisplayProperties { DisplayName = endpoint.Name, SortOrder = order },
            }));
            message.Commands.AddRange(CommandsOf(snapshot));
        }
        if (snapshot.Health is { } health)
            message.HealthReports.Add(ReportOf(health));
        return message;
    }

    private static string TypeOf(IResource resource)
    {
        const string Suffix = "Resource";
        var name = resource.GetType().Name;
        return resource switch
        {
            ProjectResource => "Project",
            IProcessResource => "Executable",
            IResourceWithConnectionString => "ConnectionString",
            _ => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name,
        };
    }

    private static string StyleOf(ResourceSnapshot snapshot) => snapshot.State switch
    {
        ResourceState.Running => snapshot.Health is { IsHealthy: false } ? "warning" : "success",
        ResourceState.Active => "success",
        ResourceState.Exited or ResourceState.FailedToStart => "error",
        _ => "info",
    };

    private static Timestamp? TimeOf(DateTimeOffset? time) => time is { } known ? Timestamp.FromDateTimeOffset(known) : null;

    private static Wire.HealthReport ReportOf(ResourceHealth health)
    {
        var report = new Wire.HealthReport { Key = health.Check, Description = health.Reason ?? "", LastRunAt = TimeOf(health.ChangedAt) };
        if (health.IsHealthy is { } healthy)
            report.Status = healthy ? Wire.HealthStatus.Healthy : Wire.HealthStatus.Unhealthy;
        return report;
    }

    private static IEnumerable<Wire.ResourceRelationship> RelationshipsOf(IResource resource) =>
        resource.Annotations.Select(annotation => annotation switch
        {
            WaitAnnotation wait => (wait.Resource.Name, Type: "WaitFor"),
            ResourceRelationshipAnnotation relationship => (relationship.Resource.Name, relationship.Type),
            _ => default,
        })
        .Where(relationship => relationship.Type is not null)
        .Distinct()
        .Select(relationship => new Wire.ResourceRelationship { ResourceName = relationship.Name, Type = relationship.Type });

    private static IEnumerable<Wire.ResourceCommand> CommandsOf(ResourceSnapshot snapshot)
    {
        var (start, stop, restart) = snapshot.State switch
        {
            ResourceState.Running => (Hidden, Enabled, Enabled),
            ResourceState.Starting or ResourceState.Stopping => (Hidden, Disabled, Disabled),
            ResourceState.Waiting => (Enabled, Enabled, Hidden),
            _ => (Enabled, snapshot.RestartsAt is null ? Hidden : Enabled, Hidden),
        };

        // Its own page would be gone with it, and nobody else offers to start it again.
        if (snapshot.Resource is DashboardResource)
            stop = Hidden;
        yield return new Wire.ResourceCommand
        {
            Name = KnownResourceCommands.StartCommand,
            DisplayName = "Start",
            DisplayDescription = "Start now, without waiting for others",
            IconName = "Play",
            IsHighlighted = true,
            State = start,
        };
        yield return new Wire.ResourceCommand
        {
            Name = KnownResourceCommands.StopCommand,
            DisplayName = "Stop",
            DisplayDescription = "Let it drain and end; it stays down",
            IconName = "Stop",
            IsHighlighted = true,
            State = stop,
        };
        yield return new Wire.ResourceCommand
        {
            Name = KnownResourceCommands.RestartCommand,
            DisplayName = "Restart",
            DisplayDescription = "Stop, with a drain, and start again",
            IconName = "ArrowCounterclockwise",
            State = restart,
        };
    }

    private const Wire.ResourceCommandState Enabled = Wire.ResourceCommandState.Enabled;
    private const Wire.ResourceCommandState Disabled = Wire.ResourceCommandState.Disabled;
    private const Wire.ResourceCommandState Hidden = Wire.ResourceCommandState.Hidden;
}
