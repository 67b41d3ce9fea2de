namespace StockAspire.Otlp.Logs;

public enum FieldOperator
{
    Equal,
    NotEqual,
    Contains,
    NotContains,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}
