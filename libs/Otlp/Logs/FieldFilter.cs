namespace StockAspire.Otlp.Logs;

/// <summary>
/// One structured condition on a log record. Text compares without case; order compares as numbers where both sides are
/// numbers. A record without the field holds only for the negative operators.
/// </summary>
/// <param name="Field">An attribute's name, or one of <see cref="KnownFields"/>.</param>
public sealed record FieldFilter(string Field, FieldOperator Operator, string Value)
{
    public const string Message = "log.message";
    public const string Category = "log.category";
    public const string EventName = "log.event";
    public const string TraceId = "trace.id";
    public const string SpanId = "span.id";

    public static IReadOnlyList<string> KnownFields { get; } = [Message, Category, EventName, TraceId, SpanId];

    public bool Holds(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return FieldOf(entry) is { } actual ? Holds(actual) : Operator is FieldOperator.NotEqual or FieldOperator.NotContains;
    }

    private bool Holds(AttributeValue actual)
    {
        var text = actual.ToString();
        return Operator switch
        {
            FieldOperator.Equal => text.Equals(Value, StringComparison.OrdinalIgnoreCase),
            FieldOperator.NotEqual => !text.Equals(Value, StringComparison.OrdinalIgnoreCase),
            FieldOperator.Contains => text.Contains(Value, StringComparison.OrdinalIgnoreCase),
            FieldOperator.NotContains => !text.Contains(Value, StringComparison.OrdinalIgnoreCase),
            FieldOperator.Greater => Compare(actual) > 0,
            FieldOperator.GreaterOrEqual => Compare(actual) >= 0,
            FieldOperator.Less => Compare(actual) < 0,
            FieldOperator.LessOrEqual => Compare(actual) <= 0,
            _ => throw new InvalidOperationException($"{Operator} is no operator."),
        };
    }

    private int Compare(AttributeValue actual) =>
        actual.Number is { } left && AttributeValue.Of(Value).Number is { } right
            ? left.CompareTo(right)
            : string.Compare(actual.ToString(), Value, StringComparison.OrdinalIgnoreCase);

    private AttributeValue? FieldOf(LogEntry entry) => Field switch
    {
        Message => AttributeValue.Of(entry.Message),
        Category => AttributeValue.Of(entry.Scope),
        EventName => AttributeValue.Of(entry.EventName),
        TraceId => AttributeValue.Of(entry.TraceId.ToString()),
        SpanId => AttributeValue.Of(entry.SpanId.ToString()),
        _ => entry.Attributes.Find(Field),
    };
}
