using System.Text;

namespace StockAspire.LocalHosting;

/// <summary>
/// One resource's output on disk: <c>NAME.log</c>, with <c>NAME.1.log</c> and <c>NAME.2.log</c> before it, of at most
/// 8 MiB each; older output is dropped. A line is in the file when <see cref="Append"/> returns. Thread-safe.
/// </summary>
internal sealed class RotatingLog : IDisposable
{
    internal const long DefaultSizeMax = 8 << 20;
    private const int FileCount = 3;

    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly string _name;
    private readonly long _sizeMax;
    private FileStream? _file;
    private long _size;

    internal RotatingLog(string directory, string name, long sizeMax = DefaultSizeMax)
    {
        _directory = directory;
        _name = name;
        _sizeMax = sizeMax;
        _file = Open();
    }

    internal string Path => PathOf(0);

    /// <summary>After disposal a line is dropped: a process that is slow to end has nobody left to tell.</summary>
    /// <returns>Null; or, the one time that the disk refuses, why no line is kept from now on.</returns>
    internal string? Append(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
        {
            if (_file is null)
                return null;
            try
            {
                if (_size > 0 && _size + bytes.Length > _sizeMax)
                    Rotate();
                _file.Write(bytes);
                _size += bytes.Length;
                return null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The child must not stand still for it: its output still has the terminal.
                _file.Dispose();
                _file = null;
                return exception.Message;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Rotate()
    {
        _file!.Dispose();
        for (var age = FileCount - 1; age > 0; age--)
        {
            if (File.Exists(PathOf(age - 1)))
                File.Move(PathOf(age - 1), PathOf(age), overwrite: true);
        }
        _file = Open();
    }

    private FileStream Open()
    {
        var file = new FileStream(PathOf(0), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _size = file.Length;
        return file;
    }

    private string PathOf(int age) =>
        System.IO.Path.Combine(_directory, age == 0 ? $"{_name}.log" : $"{_name}.{age}.log");
}
