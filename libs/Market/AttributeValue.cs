namespace StockAspire.Market;

public enum AttributeKind : byte
{
    Number = 0,
    Text = 1,
    Flag = 2,
}

/// <summary>The value of an extra column: an exact decimal (kept as its text), a text or a flag. Equal by kind and text.</summary>
public readonly record struct AttributeValue
{
    private AttributeValue(AttributeKind kind, string text)
    {
        Kind = kind;
        Text = text;
    }

    public AttributeKind Kind { get; }

    /// <summary>The number's or text's characters; "true" or "false" for a flag.</summary>
    public string Text { get => field ?? string.Empty; }

    public bool IsTrue => Kind == AttributeKind.Flag && Text == "true";

    /// <summary>A decimal of any size, kept as written; see <see cref="IsDecimal"/> for what is one.</summary>
    /// <exception cref="FormatException">The text is no decimal number.</exception>
    public static AttributeValue Number(string text) =>
        IsDecimal(text) ? new(AttributeKind.Number, text) : throw new FormatException($"Expected a decimal number, got \"{text}\".");

    public static AttributeValue OfText(string text) => new(AttributeKind.Text, text);

    public static AttributeValue Flag(bool value) => new(AttributeKind.Flag, value ? "true" : "false");

    /// <summary><c>-?digits[.digits][e[+-]digits]</c>, as in JSON but with leading zeros allowed.</summary>
    public static bool IsDecimal(ReadOnlySpan<char> text)
    {
        var rest = text.StartsWith('-') ? text[1..] : text;
        if (!TakeDigits(ref rest))
        {
            return false;
        }

        if (rest.StartsWith('.'))
        {
            rest = rest[1..];
            if (!TakeDigits(ref rest))
            {
                return false;
            }
        }

        if (!rest.IsEmpty && rest[0] is ('e' or 'E'))
        {
            rest = rest.Length > 1 && rest[1] is ('+' or '-') ? rest[2..] : rest[1..];
            return TakeDigits(ref rest) && rest.IsEmpty;
        }

        return rest.IsEmpty;
    }

    public override string ToString() => Text;

    private static bool TakeDigits(ref ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        count = count < 0 ? text.Length : count;
        text = text[count..];
        return count > 0;
    }
}
