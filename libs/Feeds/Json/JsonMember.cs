using System.Text.Json;

namespace StockAspire.Feeds.Json;

/// <summary>A member of a message's object: its name, and where its value stands.</summary>
/// <param name="Start">Index of the value's first byte, of a text that of its quote.</param>
/// <param name="Size">Bytes of the value, with quotes or brackets.</param>
internal readonly record struct JsonMember(string Name, JsonTokenType Type, int Start, int Size);
