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

    private static readonly Lock s_lock = new();
    private static bool s_loaded;

    /// <exception cref="InvalidOperationException">No librdkafka that is new enough can be loaded.</exception>
    public static void Load(ILogger logger)
    {
        lock (s_lock)
        {
            if (s_loaded)
            {
                return;
            }

            if (!Library.IsLoaded && PackagedFile() is { } file)
            {
                Library.Load(file);
            }

            if (Library.Version < VersionMin)
            {
                throw new InvalidOperationException($"Expected librdkafka 2.6 or newer, loaded {Library.VersionString}. Remove the system's own librdkafka from the library path.");
            }

            KafkaLog.LibraryLoaded(logger, Library.VersionString);
            s_loaded = true;
        }
    }

    /// <summary>The first packaged file that the dynamic loader accepts; null leaves the choice to the package.</summary>
    private static string? PackagedFile()
    {
        var folder = Path.Combine(
            Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) ?? AppContext.BaseDirectory,
            "runtimes",
            RuntimeInformation.RuntimeIdentifier,
            "native");
        foreach (var name in (ReadOnlySpan<string>)["librdkafka.so", "centos8-librdkafka.so"])
        {
            var file = Path.Combine(folder, name);
            if (File.Exists(file) && NativeLibrary.TryLoad(file, out _))
            {
                return file;
            }
        }

        return null;
    }
}
