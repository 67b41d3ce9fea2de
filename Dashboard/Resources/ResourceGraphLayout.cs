namespace StockAspire.Dashboard.Resources;

/// <summary>
/// Where each resource stands in the picture: in the column after the last of those it depends on. Pure; the same
/// resources always give the same picture.
/// </summary>
public sealed record ResourceGraphLayout(IReadOnlyList<ResourceGraphNode> Nodes, IReadOnlyList<ResourceGraphEdge> Edges, int Width, int Height)
{
    public const int NodeWidth = 168;
    public const int NodeHeight = 56;
    private const int ColumnGap = 84;
    private const int RowGap = 26;
    private const int Margin = 12;

    public static ResourceGraphLayout Of(IReadOnlyList<ResourceView> resources)
    {
        var byName = new Dictionary<string, ResourceView>(StringComparer.Ordinal);
        foreach (var view in resources)
        {
            byName.TryAdd(view.Name, view);
            byName.TryAdd(view.Resource.DisplayName, view);
        }

        // One line between two resources, whatever the kinds of their relationship.
        var links = resources
            .SelectMany(view => view.Resource.Relationships.Select(relationship => (From: byName.GetValueOrDefault(relationship.ResourceName), To: view, relationship.Type)))
            .Where(link => link.From is not null && link.From != link.To)
            .GroupBy(link => (From: link.From!.Name, To: link.To.Name))
            .Select(group => (group.Key.From, group.Key.To, Types: string.Join(", ", group.Select(link => link.Type).Distinct().Order(StringComparer.Ordinal))))
            .ToList();
        var sources = links.ToLookup(link => link.To, link => link.From);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var view in resources)
            Column(view.Name, []);

        var nodes = resources.GroupBy(view => columns[view.Name]).OrderBy(column => column.Key).SelectMany(column =>
        {
            var list = column.OrderBy(view => view.Title, StringComparer.OrdinalIgnoreCase).ToList();
            var most = resources.GroupBy(view => columns[view.Name]).Max(group => group.Count());
            var top = Margin + ((most - list.Count) * (NodeHeight + RowGap) / 2);
            return list.Select((view, row) => new ResourceGraphNode(view, Margin + (column.Key * (NodeWidth + ColumnGap)), top + (row * (NodeHeight + RowGap))));
        }).ToList();
        var placed = nodes.ToDictionary(node => node.View.Name, StringComparer.Ordinal);
        var edges = links.Select(link => new ResourceGraphEdge(placed[link.From], placed[link.To], link.Types)).ToList();
        return new ResourceGraphLayout(
            nodes, edges,
            nodes.Count == 0 ? 0 : nodes.Max(node => node.X) + NodeWidth + Margin,
            nodes.Count == 0 ? 0 : nodes.Max(node => node.Y) + NodeHeight + Margin);

        // A circle is cut where it closes.
        int Column(string name, HashSet<string> onTheWay)
        {
            if (columns.TryGetValue(name, out var known))
                return known;
            if (!onTheWay.Add(name))
                return 0;
            var column = sources[name].Select(source => Column(source, onTheWay) + 1).DefaultIfEmpty(0).Max();
            onTheWay.Remove(name);
            return columns[name] = Math.Min(column, resources.Count - 1);
        }
    }
}

/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Upper edge, pixels.</param>
public sealed record ResourceGraphNode(ResourceView View, int X, int Y);

/// <param name="Types">Kinds of the relationship, such as <c>Reference, WaitFor</c>.</param>
public sealed record ResourceGraphEdge(ResourceGraphNode From, ResourceGraphNode To, string Types)
{
    /// <summary>An SVG path, from the right of one node to the left of the other.</summary>
    public string Path
    {
        get
        {
            int x1 = From.X + ResourceGraphLayout.NodeWidth, y1 = From.Y + (ResourceGraphLayout.NodeHeight / 2);
            int x2 = To.X - 7, y2 = To.Y + (ResourceGraphLayout.NodeHeight / 2), bend = Math.Max(30, (x2 - x1) / 2);
            return FormattableString.Invariant($"M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}");
        }
    }
}
