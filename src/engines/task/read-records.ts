import type { GraphNode } from '../../pipeline/index.js';
import { ValueReader } from '../../values/index.js';
import type { RecordSlice } from '../shuffle/index.js';
import { indexRecords, type RecordChunk, readChunks } from '../shuffle/partition-input.js';
import { keyEnd, recordHeaderBytes } from '../shuffle/record.js';
import { SpillReader } from '../shuffle/spill-file.js';
import { maxPending } from '../stage/task-context.js';
import { FanOutQueue } from './fan-out-queue.js';
import type { Reading } from './read-source.js';
import type { FanOutProducer } from './task.js';

const chunkBytes = 1 << 20;

/** Elements that an earlier stage kept, in the order in which it kept them. */
export async function readRelay(node: GraphNode, slices: readonly RecordSlice[], reading: Reading): Promise<void> {
  reading.context.source = { position: (index) => `${node.name} element ${index + 1}` };
  reading.context.index = 0;
  for (const chunk of readChunks(slices, chunkBytes)) {
    await pushChunk(chunk, node.keyed, reading);
    if (reading.context.stopped) break;
  }
  await reading.context.endOfUnit();
}

/** Batches of a fan-out until there are no more. Each is a unit of its own for mapBatches, since who gets it is chance. */
export async function readFanOut(
  node: GraphNode,
  shared: SharedArrayBuffer,
  producers: readonly FanOutProducer[],
  reading: Reading,
): Promise<void> {
  const { context, parts } = reading;
  const queue = new FanOutQueue(shared);
  const open = new Map<string, SpillReader>();
  context.source = { position: () => `${node.name}` };
  try {
    for (let batch = queue.claim(() => context.throwIfAborted()); batch !== undefined; ) {
      const producer = producers[batch.producer] as FanOutProducer;
      const { file } = producer;
      let reader = open.get(file);
      if (reader === undefined) {
        reader = new SpillReader(file);
        open.set(file, reader);
      }
      const bytes = Buffer.allocUnsafeSlow(batch.bytes);
      reader.read(bytes, batch.offset);
      await pushChunk(indexRecords(bytes, bytes.length), node.keyed, reading);
      await context.endOfUnit();
      parts?.afterBatch(producer, batch.index);
      batch = queue.claim(() => context.throwIfAborted());
    }
  } finally {
    for (const reader of open.values()) reader.close();
  }
}

/** The same of batches that were dealt before. */
export async function readBatches(node: GraphNode, batches: readonly RecordSlice[], reading: Reading): Promise<void> {
  const { context } = reading;
  context.source = { position: () => `${node.name}` };
  for (const batch of batches) {
    for (const chunk of readChunks([batch], batch.bytes)) await pushChunk(chunk, node.keyed, reading);
    await context.endOfUnit();
  }
}

async function pushChunk(chunk: RecordChunk, keyed: boolean, { push, context, meter }: Reading): Promise<void> {
  const reader = new ValueReader(chunk.bytes);
  for (let i = 0; i < chunk.count && !context.stopped; i++) {
    pushRecord(chunk, i, keyed, reader, push);
    context.index++;
    if (context.pending >= maxPending) await context.drain(maxPending / 2);
  }
  const turn = meter.endOfBatch(chunk.count);
  if (turn !== undefined) await turn;
}

function pushRecord(
  chunk: RecordChunk,
  index: number,
  keyed: boolean,
  reader: ValueReader,
  push: Reading['push'],
): void {
  const record = chunk.starts[index] as number;
  reader.offset = record + recordHeaderBytes;
  const first = reader.read();
  if (!keyed) {
    push(first, undefined);
    return;
  }
  reader.offset = keyEnd(chunk.bytes, record);
  push(reader.read(), first);
}
