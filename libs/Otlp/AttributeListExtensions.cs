namespace StockAspire.Otlp;

public static class AttributeListExtensions
{
    /// <summary>The value of the first attribute of that name, compared by ordinal; null if there is none.</summary>
    public static AttributeValue? Find(this IReadOnlyList<TelemetryAttribute> attributes, string key)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].Key == key)
            {
                return attributes[i].Value;
            }
        }

        return null;
    }
}
