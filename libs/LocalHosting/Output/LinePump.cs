using System.Text;

namespace StockAspire.LocalHosting;

/// <summary>Cuts a child's output into lines, and lines that never end into pieces of <see cref="LengthMax"/>.</summary>
internal static class LinePump
{
    internal const int LengthMax = 8_192;

    /// <summary>Returns at the end of the stream; what stands behind the last line feed is a line too.</summary>
    internal static async Task RunAsync(Stream output, Action<string> emit)
    {
        using var reader = new StreamReader(output, Encoding.UTF8);
        var buffer = new char[4_096];
        var line = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            foreach (var letter in buffer.AsSpan(0, count))
            {
                if (letter == '\n')
                    Flush();
                else if (letter != '\r')
                    line.Append(letter);
                if (line.Length == LengthMax)
                    Flush();
            }
        }
        if (line.Length > 0)
            Flush();

        void Flush()
        {
            emit(line.ToString());
            line.Clear();
        }
    }
}
