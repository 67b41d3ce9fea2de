using System.Runtime.CompilerServices;

namespace StockAspire.LocalHosting;

/// <summary>Text with values in it that are known only once the application starts: <c>Create($"cassandra://{address}/ticks")</c>.</summary>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    /// <summary>Strings, and values that provide both text and manifest expression.</summary>
    private readonly IReadOnlyList<object> _parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    public string ValueExpression =>
        string.Concat(_parts.Select(part => part is IManifestExpressionProvider provider ? provider.ValueExpression : (string)part));

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <summary>Null only where the whole expression is one value that is missing.</summary>
    /// <exception cref="DistributedApplicationException">A value among others is missing.</exception>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        if (_parts is [IValueProvider only])
            return await only.GetValueAsync(cancellationToken);
        var texts = new string[_parts.Count];
        for (var index = 0; index < texts.Length; index++)
        {
            texts[index] = _parts[index] is IValueProvider provider
                ? await provider.GetValueAsync(cancellationToken) ?? throw Missing((IManifestExpressionProvider)provider)
                : (string)_parts[index];
        }
        return string.Concat(texts);
    }

    private DistributedApplicationException Missing(IManifestExpressionProvider provider) =>
        new($"{provider.ValueExpression} has no value, and \"{ValueExpression}\" needs it.");

    /// <summary>Takes text and values; anything else in the braces is a compile error.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        // Literals and values alternate, and literalLength is only of use to one buffer of characters.
        private readonly List<object> _parts = new((2 * formattedCount) + (literalLength > 0 ? 1 : 0));

        internal IReadOnlyList<object> Parts => _parts;

        public void AppendLiteral(string value) => _parts.Add(value);

        public void AppendFormatted(string? value) => _parts.Add(value ?? "");

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider =>
            _parts.Add(valueProvider);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider
        {
            ArgumentNullException.ThrowIfNull(valueProvider);
            _parts.Add(valueProvider.Resource);
        }
    }
}
