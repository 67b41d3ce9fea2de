namespace StockAspire.Feeds.Csv;

/// <summary>A field's place: in the reader's buffer or, where doubled quotes were, in its unescaped texts.</summary>
internal readonly record struct CsvField(int Start, int Size, bool Unescaped);
