import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.protocol.types.*;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Writes the byte vectors of this folder from the contents in Cases.json5, with the message classes of Kafka itself, so that the bytes
 * that the broker is tested with come from nothing of this repository. Not part of any build; by hand, with Apache Kafka's libs/:
 *
 *   java -cp "KAFKA/libs/*" Generate.java .
 *
 * A message is built from JSON by Kafka's JSON converter and serialized by Kafka's message class; the line breaks and names come from
 * reading the bytes back by Kafka's schema. The JSON says more than one version can carry: what a version does not have is left out.
 * In strings, "hex:" gives bytes, "uuid:" an id; "{name}" stands for bytes that only the running broker knows (see PLACEHOLDERS).
 */
public class Generate {
    private static final int CORRELATION_ID = 7;

    /** Values that stand for what the broker decides; their bytes become {name} in the vector. */
    private static final Map<String, String> PLACEHOLDERS = new LinkedHashMap<>();
    static {
        PLACEHOLDERS.put("member", "x-00000000-1111-2222-3333-444444444444");
        PLACEHOLDERS.put("static", "i-00000000-5555-6666-7777-888888888888");
        PLACEHOLDERS.put("again", "i-00000000-9999-aaaa-bbbb-cccccccccccc");
        PLACEHOLDERS.put("id", "uuid:deadbeef-0000-4000-8000-00000badcafe");
        PLACEHOLDERS.put("port", "1347375700");
        PLACEHOLDERS.put("time", "6073193391946553669");
        PLACEHOLDERS.put("total", "6073193391946553670");
        PLACEHOLDERS.put("usable", "6073193391946553671");
        PLACEHOLDERS.put("directory", "/" + "d".repeat(119));
    }

    /** Structures that a byte precedes, which tells whether they are there: Kafka's schema does not say so. */
    private static final Set<String> NULLABLE_STRUCTURES = Set.of("cursor", "next_cursor");

    private final StringBuilder out = new StringBuilder();
    private final short version;

    private Generate(short version) {
        this.version = version;
    }

    public static void main(String[] args) throws Exception {
        var folder = Path.of(args[0]);
        var mapper = JsonMapper.builder().enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_JAVA_COMMENTS,
            JsonReadFeature.ALLOW_TRAILING_COMMA).build();
        var definitions = new HashMap<String, JsonNode>();
        var files = new TreeMap<String, StringBuilder>();
        for (var element : mapper.readTree(Files.readString(folder.resolve("Cases.json5")))) {
            if (element.has("define")) {
                element.get("define").properties().forEach(f -> definitions.put(f.getKey(), f.getValue()));
                continue;
            }

            var api = element.get("api").asText();
            var range = element.get("versions").asText().split("-");
            for (int v = Integer.parseInt(range[0]); v <= Integer.parseInt(range[range.length - 1]); v++) {
                files.computeIfAbsent(api, a -> new StringBuilder()).append(one(element, api, (short) v, definitions));
            }
        }

        for (var file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey() + ".txt"), file.getValue().toString());
        }
    }

    private static String one(JsonNode element, String api, short version, Map<String, JsonNode> definitions) throws Exception {
        var generate = new Generate(version);
        generate.line("case " + api + " " + version + " " + element.get("name").asText());
        for (var after : element.withArray("after")) {
            generate.line("after " + after.asText().replace("$v", Short.toString(version)));
        }

        var key = Arrays.stream(ApiKeys.values()).filter(k -> k.messageType.name.replace("Request", "").equals(api) || k.name.equals(api)).findFirst().orElseThrow();
        generate.line("request");
        var header = new RequestHeaderData().setRequestApiKey(key.id).setRequestApiVersion(version).setCorrelationId(CORRELATION_ID)
            .setClientId(element.path("nullClientId").asBoolean() ? null : "x");
        generate.write(header, key.requestHeaderVersion(version), RequestHeaderData.SCHEMAS);
        generate.write(message(api + "Request", element.get("request"), definitions, version, key.messageType.requestSchemas()), version, key.messageType.requestSchemas());
        if (element.hasNonNull("response")) {
            generate.line("response");
            generate.write(new ResponseHeaderData().setCorrelationId(CORRELATION_ID), key.responseHeaderVersion(version), ResponseHeaderData.SCHEMAS);
            generate.write(message(api + "Response", element.get("response"), definitions, version, key.messageType.responseSchemas()), version, key.messageType.responseSchemas());
        }

        return generate.out.append('\n').toString();
    }

    private static ApiMessage message(String name, JsonNode source, Map<String, JsonNode> definitions, short version, Schema[] schemas) throws Exception {
        var content = prune(fill(source, definitions), schemas[version]);
        var converter = Class.forName("org.apache.kafka.common.message." + name + "DataJsonConverter");
        try {
            return (ApiMessage) converter.getMethod("read", JsonNode.class, short.class).invoke(null, content, version);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw new IllegalArgumentException(name + " " + version + ": " + e.getCause().getMessage(), e);
        }
    }

    /** Leaves out the fields that this version's schema does not have. */
    private static JsonNode prune(JsonNode node, Type type) {
        if (node instanceof ArrayNode array) {
            var pruned = JsonNodeFactory.instance.arrayNode();
            array.forEach(e -> pruned.add(prune(e, type.arrayElementType().orElse(type))));
            return pruned;
        }

        if (!(node instanceof ObjectNode object)) {
            return node;
        }

        var pruned = JsonNodeFactory.instance.objectNode();
        for (var bound : ((Schema) type).fields()) {
            var fields = bound.def.type instanceof TaggedFields tagged ? tagged.fields().values() : List.of(bound.def);
            for (var field : fields) {
                var name = field.name.substring(0, 1) + Arrays.stream(field.name.substring(1).split("_"))
                    .reduce((a, b) -> a + b.substring(0, 1).toUpperCase(Locale.ROOT) + b.substring(1)).orElse("");
                if (object.has(name)) {
                    pruned.set(name, prune(object.get(name), field.type));
                }
            }
        }

        return pruned;
    }

    /** Replaces "$name" by its definition, and the prefixed strings and placeholders by what the JSON converter reads. */
    private static JsonNode fill(JsonNode node, Map<String, JsonNode> definitions) {
        if (node instanceof ObjectNode object) {
            var filled = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(f -> filled.set(f.getKey(), fill(f.getValue(), definitions)));
            return filled;
        }

        if (node instanceof ArrayNode array) {
            var filled = JsonNodeFactory.instance.arrayNode();
            array.forEach(e -> filled.add(fill(e, definitions)));
            return filled;
        }

        if (!(node instanceof TextNode)) {
            return node;
        }

        var text = node.asText();
        if (text.startsWith("$")) {
            return fill(Objects.requireNonNull(definitions.get(text.substring(1)), text), definitions);
        }

        for (var p : PLACEHOLDERS.entrySet()) {
            text = text.replace("{" + p.getKey() + "}", p.getValue());
        }

        if (text.startsWith("hex:")) {
            return TextNode.valueOf(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(text.substring(4).replaceAll("\\s", ""))));
        }

        return text.startsWith("uuid:") ? TextNode.valueOf(uuid(text).toString())
            : PLACEHOLDERS.containsValue(text) && isNumber(text) ? LongNode.valueOf(Long.parseLong(text))
            : TextNode.valueOf(text);
    }

    private static Uuid uuid(String text) {
        var id = UUID.fromString(text.substring(5));
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private void write(ApiMessage message, short version, Schema[] schemas) {
        var buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        walk(schemas[version], buffer, "");
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(message + " has more than its schema");
        }
    }

    private void walk(Type type, ByteBuffer buffer, String name) {
        var start = buffer.position();
        if (type instanceof Schema schema) {
            if (NULLABLE_STRUCTURES.contains(name)) {
                var isNull = buffer.get() < 0;
                field(buffer, start, name + (isNull ? ": null" : ""));
                if (isNull) {
                    return;
                }
            }

            for (var field : schema.fields()) {
                walk(field.def.type, buffer, name.isEmpty() ? field.def.name : name + "." + field.def.name);
            }
        } else if (type instanceof TaggedFields) {
            type.read(buffer);
            field(buffer, start, name.replace("_tagged_fields", "tagged fields"));
        } else if (type instanceof ArrayOf || type instanceof CompactArrayOf) {
            var compact = type instanceof CompactArrayOf;
            var length = compact ? ByteUtils.readUnsignedVarint(buffer) - 1 : buffer.getInt();
            field(buffer, start, name + (length < 0 ? ": null" : ": " + length));
            var element = type.arrayElementType().orElseThrow();
            for (int i = 0; i < length; i++) {
                walk(element, buffer, name + "[" + i + "]");
            }
        } else if (type.toString().endsWith("RECORDS")) {
            records(type, buffer, name);
        } else {
            type.read(buffer);
            field(buffer, start, name);
        }
    }

    /** A record batch, field by field (its layout is in the protocol guide under "Record Batch"). */
    private void records(Type type, ByteBuffer buffer, String name) {
        var start = buffer.position();
        type.read(buffer);
        var end = buffer.position();
        buffer.position(start);
        var size = type.toString().startsWith("COMPACT") ? ByteUtils.readUnsignedVarint(buffer) - 1 : buffer.getInt();
        field(buffer, start, name + (size < 0 ? ": null" : ": size"));
        var layout = new LinkedHashMap<String, Integer>();
        for (var part : ("base_offset 8,batch_length 4,leader_epoch 4,magic 1,crc 4,attributes 2,last_offset_delta 4,base_timestamp 8,"
            + "max_timestamp 8,producer_id 8,producer_epoch 2,base_sequence 4,record_count 4").split(",")) {
            layout.put(part.split(" ")[0], Integer.parseInt(part.split(" ")[1]));
        }

        while (buffer.position() < end) {
            var batchEnd = buffer.position() + 12 + buffer.getInt(buffer.position() + 8);
            for (var part : layout.entrySet()) {
                var at = buffer.position();
                buffer.position(at + part.getValue());
                field(buffer, at, name + "." + part.getKey());
            }

            var at = buffer.position();
            buffer.position(batchEnd);
            field(buffer, at, name + ".records");
        }
    }

    private void field(ByteBuffer buffer, int start, String name) {
        var bytes = new byte[buffer.position() - start];
        buffer.get(start, bytes);
        var hex = HexFormat.of().formatHex(bytes);
        for (var p : PLACEHOLDERS.entrySet()) {
            hex = hex.replace(placeholder(p.getValue()), "{" + p.getKey() + "}");
        }

        line(String.format("  %-34s %s", hex, name));
    }

    private static String placeholder(String value) {
        if (value.startsWith("uuid:")) {
            return value.substring(5).replace("-", "");
        }

        return !isNumber(value) ? HexFormat.of().formatHex(value.getBytes())
            : String.format(value.length() > 10 ? "%016x" : "%08x", Long.parseLong(value));
    }

    private static boolean isNumber(String value) {
        return value.matches("\\d+");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
