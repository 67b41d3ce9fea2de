namespace StockAspire.LocalHosting;

/// <summary>The order in which resources start.</summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts this resource only when the other is healthy, and stops it before the other.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.UntilHealthy);

    /// <summary>Starts this resource only when the other's process runs, and stops it before the other.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.UntilStarted);

    /// <summary>Starts this resource only when the other has ended with <paramref name="exitCode"/>; after another one it never starts.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.ForCompletion, exitCode);

    /// <summary>Not started with the application, but by a command in the dashboard.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource =>
        builder.With(new ExplicitStartupAnnotation());

    private static IResourceBuilder<T> Wait<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitType type, int exitCode = 0)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(dependency);
        return builder.WithRelationship(dependency.Resource, "WaitFor").With(new WaitAnnotation(dependency.Resource, type, exitCode));
    }
}
