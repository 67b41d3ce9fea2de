namespace StockAspire.Otlp;

public enum AttributeKind
{
    Empty,
    Text,
    Bool,
    Whole,
    Real,
    Array,
    Map,
    Bytes,
}
