using System.Text;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>Where the header and the mapping say that each field and attribute is.</summary>
internal sealed class ColumnLayout
{
    private static readonly FeedField[] Required = [FeedField.Symbol, FeedField.Time, FeedField.Price, FeedField.Size];

    private readonly FieldPlace[] _places;

    private ColumnLayout(int columnCount, FieldPlace[] places, AttributePlace[] attributes)
    {
        ColumnCount = columnCount;
        _places = places;
        Attributes = attributes;
    }

    public int ColumnCount { get; }

    public IReadOnlyList<AttributePlace> Attributes { get; }

    public FieldPlace this[FeedField field] => _places[(int)field];

    /// <param name="name">Of the file, for messages.</param>
    /// <param name="fields">What the mapping says; a field that it leaves out is the column of its own name, if there is one.</param>
    /// <param name="isNumber">Whether the column of that header holds numbers only.</param>
    /// <exception cref="FeedException">A column is missing or ambiguous, or there are more attributes than a tick may have.</exception>
    public static ColumnLayout Of(
        string name, string[] header, IReadOnlyDictionary<FeedField, FieldSource> fields, Func<string, bool> isNumber)
    {
        var taken = new bool[header.Length];
        var places = new FieldPlace[Enum.GetValues<FeedField>().Length];
        foreach (var field in Enum.GetValues<FeedField>())
        {
            places[(int)field] = Place(name, header, field, fields);
            if (places[(int)field].Column >= 0)
            {
                taken[places[(int)field].Column] = true;
            }
        }

        var attributes = new List<AttributePlace>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var column = 0; column < header.Length; column++)
        {
            if (taken[column])
            {
                continue;
            }

            var attribute = SnakeCase.Of(header[column]);
            attribute = attribute.Length > 0 ? attribute : $"column_{column + 1}";
            if (TickLimits.CheckText("attributes", attribute, TickLimits.AttributeNameSizeMax) is { } fault)
            {
                throw FeedException.BadHeader(name, $"a column name of {fault.Expected}", fault.Actual);
            }

            if (!names.Add(attribute))
            {
                throw FeedException.AmbiguousColumn(name, attribute);
            }

            attributes.Add(new AttributePlace(attribute, header[column], column, isNumber(header[column])));
        }

        return attributes.Count <= TickLimits.AttributesMax
            ? new ColumnLayout(header.Length, places, [.. attributes])
            : throw FeedException.BadHeader(name, $"at most {TickLimits.AttributesMax} columns beside the mapped ones", $"{attributes.Count}");
    }

    private static FieldPlace Place(string name, string[] header, FeedField field, IReadOnlyDictionary<FeedField, FieldSource> fields)
    {
        var key = FeedMapping.KeyOf(field);
        if (fields.TryGetValue(field, out var source))
        {
            return source.IsConstant
                ? new FieldPlace(-1, $"(constant {key})", Encoding.UTF8.GetBytes(source.Text))
                : Find(name, header, source.Text) ?? throw FeedException.MissingColumn(name, key, source.Text, string.Join(',', header));
        }

        var place = Find(name, header, key);
        if (place is null && field == FeedField.Time)
        {
            place = Find(name, header, "event_time");
        }

        if (place is null && Required.Contains(field))
        {
            throw FeedException.MissingColumn(name, key, null, string.Join(',', header));
        }

        return place ?? new FieldPlace(-1, key, []);
    }

    private static FieldPlace? Find(string name, string[] header, string column)
    {
        var index = Array.FindIndex(header, text => text.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && Array.FindIndex(header, index + 1, text => text.Equals(column, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            throw FeedException.AmbiguousColumn(name, column);
        }

        return index < 0 ? null : new FieldPlace(index, header[index], []);
    }

    /// <param name="Column">Index of the column, or -1 where every row has <paramref name="Constant"/>.</param>
    internal sealed record FieldPlace(int Column, string Name, byte[] Constant);

    internal sealed record AttributePlace(string Name, string Header, int Column, bool IsNumber);
}
