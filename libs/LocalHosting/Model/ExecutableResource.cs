namespace StockAspire.LocalHosting;

/// <summary>Any executable. Only .NET ones end by themselves when this process is killed (see <see cref="StartupHook"/>).</summary>
public sealed class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IProcessResource
{
    public string Command { get; } = command;

    public string WorkingDirectory { get; } = workingDirectory;

    ProcessCommand IProcessResource.CreateCommand() => new(Command, [], WorkingDirectory);
}

public static class ExecutableResourceExtensions
{
    /// <summary>Adds an executable, looked up on the PATH; a relative folder is relative to the AppHost's project.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[] args)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var folder = Path.GetFullPath(workingDirectory, builder.AppHostDirectory);
        return builder.AddResource(new ExecutableResource(name, command, folder)).WithArgs(args);
    }

    /// <summary>As the one that takes strings; arguments may be values such as an <see cref="EndpointReference"/>.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params object[] args) =>
        builder.AddExecutable(name, command, workingDirectory).WithArgs(args);
}
