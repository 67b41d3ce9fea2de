import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's own Java client as a client program.
 *
 * <pre>
 * usage: JavaClient write BOOTSTRAP TOPIC CODEC
 *        JavaClient read BOOTSTRAP TOPIC COUNT
 *        JavaClient join BOOTSTRAP TOPIC GROUP [ASSIGNOR] [INSTANCE]
 * </pre>
 */
public final class JavaClient {
    private static final Map<String, String> ASSIGNORS = Map.of(
        "range", "RangeAssignor", "roundrobin", "RoundRobinAssignor", "sticky", "StickyAssignor", "cooperative-sticky", "CooperativeStickyAssignor");
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        String bootstrap = arguments[1], topic = arguments[2], last = arguments[3];
        switch (arguments[0]) {
            case "write" -> write(bootstrap, topic, last);
            case "read" -> read(bootstrap, topic, Integer.parseInt(last));
            case "join" -> join(bootstrap, topic, last, arguments.length > 4 ? arguments[4] : "range", arguments.length > 5 ? arguments[5] : null);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void write(String bootstrap, String topic, String codec) throws IOException {
        Properties settings = settings(bootstrap);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("compression.type", codec);
        settings.put("linger.ms", "5");
        settings.put("delivery.timeout.ms", "120000");
        settings.put("request.timeout.ms", "30000");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
             var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] span = line.split(" ");
                for (int n = Integer.parseInt(span[0]); n < Integer.parseInt(span[1]); n++) {
                    int number = n;
                    var record = new ProducerRecord<>(topic, "key-" + number, number + ": Zürich, 東京");
                    record.headers().add("number", Integer.toString(number).getBytes(StandardCharsets.UTF_8));
                    producer.send(record, (metadata, error) -> {
                        if (error != null) {
                            System.err.println("not written: " + error);
                            System.exit(1);
                        }
                        say("acked", number, metadata.partition(), metadata.offset());
                    });
                }
                producer.flush();
            }
        }
    }

    private static void read(String bootstrap, String topic, int count) {
        try (var consumer = new KafkaConsumer<>(settings(bootstrap), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList());
            consumer.seekToBeginning(consumer.assignment());
            for (int remaining = count; remaining > 0; ) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    say(record);
                    remaining--;
                }
            }
        }
    }

    private static void join(String bootstrap, String topic, String group, String assignor, String instance) {
        Properties settings = settings(bootstrap);
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("heartbeat.interval.ms", "200");
        settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + ASSIGNORS.get(assignor));
        if (instance != null) {
            settings.put("group.instance.id", instance);
        }
        CountDownLatch ended = endOfInput();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic), new Owned());
            while (ended.getCount() > 0) {
                var polled = consumer.poll(Duration.ofMillis(100));
                polled.forEach(JavaClient::say);
                if (!polled.isEmpty()) {
                    try {
                        consumer.commitSync();
                    } catch (KafkaException e) {
                        System.err.println("not committed: " + e);
                    }
                }
            }
        }
    }

    private static Properties settings(String bootstrap) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("reconnect.backoff.max.ms", "500");
        return settings;
    }

    /** Opens when the test closes the standard input: time to leave. */
    private static CountDownLatch endOfInput() {
        CountDownLatch ended = new CountDownLatch(1);
        Thread waiting = new Thread(() -> {
            try {
                System.in.readAllBytes();
            } catch (IOException e) {
                System.err.println("input: " + e);
            }
            ended.countDown();
        });
        waiting.setDaemon(true);
        waiting.start();
        return ended;
    }

    private static void say(ConsumerRecord<String, String> record) {
        String headers = StreamSupport.stream(record.headers().spliterator(), false)
            .map(h -> h.key() + "=" + new String(h.value(), StandardCharsets.UTF_8)).collect(Collectors.joining(","));
        say("record", record.partition(), record.offset(), record.key(), record.value(), headers);
    }

    private static void say(Object... fields) {
        OUT.println(List.of(fields).stream().map(Object::toString).collect(Collectors.joining("\t")));
    }

    private static final class Owned implements ConsumerRebalanceListener {
        private final TreeSet<Integer> owned = new TreeSet<>();

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            assigned.forEach(p -> owned.add(p.partition()));
            say();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            revoked.forEach(p -> owned.remove(p.partition()));
            say();
        }

        private void say() {
            JavaClient.say("assigned", owned.stream().map(Object::toString).collect(Collectors.joining(",")));
        }
    }
}
