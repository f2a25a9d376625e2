import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type BuildJob,
  type BuildOutput,
  type BuildProgress,
  createEngine,
  type Engine,
} from '../../src/engines/index.js';

export const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).href;

export interface RunOptions {
  readonly module?: string;
  readonly name?: string;
  readonly config?: string;
  readonly engine?: Engine;
  readonly job?: Partial<BuildJob>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: BuildProgress) => void;
}

export interface JobRun {
  readonly output: BuildOutput;
  readonly outputDirectory: string;
}

let serial = 0;

/** Where a job's files go, below `directory`; the work directory is checked to be empty afterwards by `leftFiles`. */
export async function runJob(directory: string, options: RunOptions): Promise<JobRun> {
  const id = `job${serial++}`;
  const [workDirectory, outputDirectory] = [join(directory, `${id}-work`), join(directory, `${id}-out`)];
  mkdirSync(workDirectory);
  mkdirSync(outputDirectory);
  const { module = fixture('pipelines.js'), name = 'pipelines', config, engine = createEngine('inline') } = options;
  const job: BuildJob = {
    id,
    builder: { module, name, config, version: '1.0.0', manualDirectory: undefined },
    facts: { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} },
    workDirectory,
    outputDirectory,
    formats: ['tfrecord'],
    bufferBytes: 1 << 20,
    ...options.job,
  };
  const { signal = new AbortController().signal, onProgress = () => {} } = options;
  const output = await engine.run(job, { signal, onProgress });
  return { output, outputDirectory };
}

/** Files below work directories: there must be none after a job, however it ended. */
export function leftFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('-work'))
    .flatMap((name) => readdirSync(join(directory, name)));
}

/** sha256 of every file of a run by its path. */
export function digests({ outputDirectory }: JobRun): Record<string, string> {
  const files = readdirSync(outputDirectory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      relative(outputDirectory, path),
      createHash('sha256').update(readFileSync(path)).digest('hex'),
    ]),
  );
}

/** Keys and values of a split of the fixture `pipelines`, in the order of the keys' JSON. */
export function readPairs({ output }: JobRun, split: string): [unknown, unknown][] {
  const shards = output.splits.find((candidate) => candidate.name === split)?.shards ?? [];
  const pairs = shards.flatMap((shard) => {
    const file = shard.files.find((candidate) => candidate.format === 'tfrecord');
    return file === undefined ? [] : readExamples(readFileSync(file.path));
  });
  pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
  return pairs.map(({ key, value }) => [JSON.parse(key), JSON.parse(value)]);
}

/** TFRecord frames: u64 length, u32 CRC, the record, u32 CRC. */
function readExamples(bytes: Buffer): { key: string; value: string }[] {
  const examples: { key: string; value: string }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    examples.push(readExample(bytes.subarray(at + 12, at + 12 + length)));
    at += length + 16;
  }
  return examples;
}

/** A tf.Example of two texts: Example.features(1).feature(1) = { key(1), value(2).bytes_list(1).value(1) }. */
function readExample(bytes: Buffer): { key: string; value: string } {
  const features = fields(first(fields(bytes), 1)).filter(([number]) => number === 1);
  const entries = features.map(([, entry]) => {
    const parts = fields(entry);
    const value = first(fields(first(fields(first(parts, 2)), 1)), 1);
    return [first(parts, 1).toString(), value.toString()];
  });
  return Object.fromEntries(entries) as { key: string; value: string };
}

function first(parts: readonly (readonly [number, Buffer])[], number: number): Buffer {
  return parts.find(([candidate]) => candidate === number)?.[1] ?? Buffer.alloc(0);
}

/** Length-delimited fields of a protobuf message. */
function fields(bytes: Buffer): [number, Buffer][] {
  const found: [number, Buffer][] = [];
  for (let at = 0; at < bytes.length; ) {
    const number = (bytes[at++] ?? 0) >> 3;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    found.push([number, bytes.subarray(at, at + length)]);
    at += length;
  }
  return found;
}
