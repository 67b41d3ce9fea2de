using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace StockAspire.Deploy.Tests.Manifests;

/// <summary>A value of a YAML document, found by a path of keys and indexes; what is missing is named by a failure.</summary>
internal sealed class Yaml
{
    private readonly object? _value;
    private readonly string _path;

    private Yaml(object? value, string path)
    {
        _value = value;
        _path = path;
    }

    public Yaml this[string key] => Find(key) ?? throw new Xunit.Sdk.XunitException($"{_path} has no {key}");

    public string Text => _value as string ?? throw new Xunit.Sdk.XunitException($"{_path} is no text");

    public int Number => int.Parse(Text, System.Globalization.CultureInfo.InvariantCulture);

    public IEnumerable<Yaml> Items =>
        (_value as List<object> ?? throw new Xunit.Sdk.XunitException($"{_path} is no list")).Select((item, index) => new Yaml(item, $"{_path}[{index}]"));

    public IEnumerable<string> Texts => Items.Select(item => item.Text);

    public IEnumerable<(string Key, Yaml Value)> Entries =>
        (_value as Dictionary<object, object> ?? throw new Xunit.Sdk.XunitException($"{_path} is no map")).Select(pair => ((string)pair.Key, new Yaml(pair.Value, $"{_path}.{pair.Key}")));

    /// <summary>The documents of a text, with merges (&lt;&lt;) done.</summary>
    public static IReadOnlyList<Yaml> Parse(string text, string name)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var deserializer = new DeserializerBuilder().Build();
        List<Yaml> documents = [];
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(new Yaml(deserializer.Deserialize<object?>(parser), name));
        }

        return documents;
    }

    public static IReadOnlyList<Yaml> Read(string file) => Parse(File.ReadAllText(file), Path.GetFileName(file));

    public Yaml? Find(string key) =>
        _value is Dictionary<object, object> map && map.TryGetValue(key, out var value) ? new Yaml(value, $"{_path}.{key}") : null;

    public override string ToString() => $"{_path}: {_value}";
}
