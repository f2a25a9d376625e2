import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import type { PipelineSideInput } from '../../pipeline/index.js';
import { storageError } from '../../storage/index.js';
import { ValueReader, ValueWriter } from '../../values/index.js';
import type { WrittenRange } from '../journal/intact-files.js';
import { openSortedPartition, type RecordGroup } from '../shuffle/index.js';
import { SpillFile } from '../shuffle/spill-file.js';
import type { PreparedJob } from './prepared-job.js';
import type { SideInputTask } from './task.js';

const writeBytes = 1 << 20;

/**
 * Sorts the elements of a side input by their bytes into one file: encoded elements, or keys and values in turn, one after the other.
 *
 * @throws DatasetsError PIPELINE_INVALID when a map has a key twice, or a singleton is not one element.
 */
export function writeSideInput(prepared: PreparedJob, task: SideInputTask): WrittenRange {
  const name = prepared.graph.nodes[task.node]?.name ?? 'a side input';
  const sorted = openSortedPartition(task.slices, {
    bufferBytes: prepared.job.bufferBytes,
    directory: dirname(task.filePrefix),
    name: basename(task.filePrefix),
    sided: false,
  });
  const file = new SpillFile(task.file);
  const writer = new ValueWriter(4096);
  let elements = 0;
  try {
    for (let group = sorted.next(); group !== undefined; group = sorted.next()) {
      elements += group.count;
      if (task.form === 'map') writePair(group, writer, name, prepared);
      else for (let i = 0; i < group.count; i++) writer.write(group.key);
      if (writer.length < writeBytes) continue;
      file.append(writer.bytes.subarray(0, writer.length));
      writer.length = 0;
    }
    if (task.form === 'singleton' && elements !== 1) throw notOne(name, elements);
    file.append(writer.bytes.subarray(0, writer.length));
    file.close();
    return { file: file.path, offset: 0, bytes: file.bytes, crc32: file.crc32 };
  } catch (error) {
    file.remove();
    throw error;
  } finally {
    sorted.close();
  }
}

function writePair(
  { key, values, count }: RecordGroup,
  writer: ValueWriter,
  name: string,
  prepared: PreparedJob,
): void {
  if (count > 1) {
    throw new DatasetsError('PIPELINE_INVALID', `${name} has ${count} values for key ${prepared.showKey(key)}`, {
      hint: 'A map holds one value a key: combine them first (groupByKey, combinePerKey), or use asList.',
      at: { transform: name, key: prepared.showKey(key) },
    });
  }
  if (key instanceof Uint8Array) {
    throw new DatasetsError('PIPELINE_INVALID', `${name} has keys of bytes, which a Map can't find again`, {
      hint: 'Make the keys text, for example with Buffer.from(key).toString("hex").',
      at: { transform: name },
    });
  }
  writer.write(key);
  for (const value of values) writer.write(value);
}

function notOne(name: string, elements: number): DatasetsError {
  return new DatasetsError('PIPELINE_INVALID', `${name} must be one element, but there are ${elements}`, {
    hint: 'Use asList for several elements; check the filters before it when there are none.',
    at: { transform: name },
  });
}

/** Makes `get` load the file, once in this thread, when it is first called. */
export function bindSideInput(sideInput: PipelineSideInput, file: string): void {
  sideInput.bind(() => loadSideInput(sideInput, file));
}

function loadSideInput(sideInput: PipelineSideInput, file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw storageError(cause, 'read', file);
  }
  const reader = new ValueReader(bytes);
  if (sideInput.form === 'singleton') return reader.read();
  if (sideInput.form === 'list') {
    const list: unknown[] = [];
    while (reader.offset < bytes.length) list.push(reader.read());
    return list;
  }
  const map = new Map<unknown, unknown>();
  while (reader.offset < bytes.length) map.set(reader.read(), reader.read());
  return map;
}
