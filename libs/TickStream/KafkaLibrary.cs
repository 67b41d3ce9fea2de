using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStream;

/// <summary>
/// Loads the librdkafka that came with the package, not one that the system happens to have: an older system library
/// would be taken silently where the packaged one lacks a dependency (libsasl2.so.3 on Debian 12).
/// </summary>
internal static class KafkaLibrary
{
    /// <summary>librdkafka 2.6 as hexadecimal MMmmrrpp: the oldest whose idempotent producer and admin API we rely on.</summary>
    private const int VersionMin = 0x02060000;

    private static readonly Lock Lock = new();
    private static bool _loaded;

    /// <exception cref="InvalidOperationException">No librdkafka that is new enough can be loaded.</exception>
    public static void Load(ILogger logger)
    {
        lock (Lock)
        {
            if (_loaded)
            {
                return;
            }

            if (!Library.IsLoaded)
            {
                NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
                Library.Load();
            }

            if (Library.Version < VersionMin)
            {
                throw new InvalidOperationException($"Expected librdkafka 2.6 or newer, loaded {Library.VersionString}. Remove the system's own librdkafka from the library path.");
            }

            KafkaLog.LibraryLoaded(logger, Library.VersionString);
            _loaded = true;
        }
    }

    /// <summary>
    /// The first packaged file that the dynamic loader accepts, whatever variant the package asks for; zero leaves other
    /// libraries, and platforms without such a file, to the default search.
    /// </summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!name.Contains("librdkafka", StringComparison.Ordinal))
        {
            return 0;
        }

        var folder = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        foreach (var file in (ReadOnlySpan<string>)["librdkafka.so", "centos8-librdkafka.so"])
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, file), out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
