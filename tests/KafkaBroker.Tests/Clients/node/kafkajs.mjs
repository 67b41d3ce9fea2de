// kafkajs as a client program.
//
// usage: kafkajs.mjs write BOOTSTRAP TOPIC CODEC
//        kafkajs.mjs read BOOTSTRAP TOPIC COUNT
//        kafkajs.mjs join BOOTSTRAP TOPIC GROUP

import kafkajs from 'kafkajs'
import SnappyCodec from 'kafkajs-snappy'
import lz4 from 'lz4js'
import zstd from 'zstd-codec'
import { endOfInput, headerName, key, portions, run, sayAssigned, sayRecord, sayWhereTheyLie, value } from './records.mjs'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs

// kafkajs brings gzip alone and takes the other codecs from outside.
const zstdStreams = await new Promise(resolve => zstd.ZstdCodec.run(codec => resolve(new codec.Streaming())))
CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(lz4.decompress(buffer))
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => Buffer.from(zstdStreams.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(zstdStreams.decompress(buffer))
})

const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy, lz4: CompressionTypes.LZ4, zstd: CompressionTypes.ZSTD }

const connect = bootstrap => new Kafka({
  clientId: 'kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 200 }
})

async function write (bootstrap, topic, codec) {
  const kafka = connect(bootstrap)
  const admin = kafka.admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  await admin.disconnect()
  const partitionOf = number => number % topics[0].partitions.length
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  for await (const numbers of portions(50)) {
    const messages = numbers.map(n => ({ partition: partitionOf(n), key: key(n), value: value(n), headers: { [headerName]: String(n) } }))
    const written = await producer.send({ topic, acks: -1, compression: codecs[codec], messages })
    sayWhereTheyLie(numbers, partitionOf, written.map(w => [w.partition, BigInt(w.baseOffset)]))
  }
  await producer.disconnect()
}

// A reader without a group is not known to kafkajs; it reads in a group of its own and commits nothing.
async function read (bootstrap, topic, count) {
  const consumer = connect(bootstrap).consumer({ groupId: `read-${process.pid}`, maxWaitTimeInMs: 200 })
  let remaining = Number(count)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise(resolve => consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      tell(partition, message)
      if (--remaining === 0) resolve()
    }
  }))
  await consumer.disconnect()
}

async function join (bootstrap, topic, group) {
  const consumer = connect(bootstrap).consumer({ groupId: group, heartbeatInterval: 200, maxWaitTimeInMs: 200 })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => sayAssigned(payload.memberAssignment[topic] ?? []))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => batch.messages.forEach(message => tell(batch.partition, message))
  })
  await endOfInput()
  await consumer.disconnect()
}

const tell = (partition, { offset, key, value, headers }) => sayRecord(partition, offset, key, value, Object.entries(headers))

await run({ write, read, join })
