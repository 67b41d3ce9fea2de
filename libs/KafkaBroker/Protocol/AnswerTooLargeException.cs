namespace StockAspire.KafkaBroker.Protocol;

/// <summary>An answer has outgrown the memory that answers may take: its connection is closed, no other is affected.</summary>
internal sealed class AnswerTooLargeException(long size) : Exception($"An answer of {size} bytes or more does not fit into the memory left for answers.");
