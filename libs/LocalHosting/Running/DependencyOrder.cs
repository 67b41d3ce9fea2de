namespace StockAspire.LocalHosting;

/// <summary>Who waits for whom.</summary>
internal static class DependencyOrder
{
    internal static IEnumerable<IResource> DependenciesOf(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource).Distinct();

    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle.</exception>
    internal static void Check(IEnumerable<IResource> resources)
    {
        var done = new HashSet<IResource>();
        foreach (var resource in resources)
            Visit(resource, []);

        void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
            {
                var circle = path.SkipWhile(other => other != resource).Append(resource).Select(other => other.Name);
                throw new DistributedApplicationException($"Resources wait for each other: {string.Join(" -> ", circle)}.");
            }
            if (!done.Add(resource))
                return;
            foreach (var dependency in DependenciesOf(resource))
                Visit(dependency, [.. path, resource]);
        }
    }
}
