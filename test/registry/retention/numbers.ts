import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  keepExtracts,
  type NewExtract,
  openRegistry,
  publish,
  type Registry,
  type StagedVersion,
  type StageOptions,
  stageVersion,
  type VersionMetadata,
  writeMetadata,
} from '../../../src/registry/index.js';
import { makeShards } from '../make-version.js';

export interface NumbersOptions {
  readonly name?: string;
  readonly config?: string;
  readonly content?: string;
  /** Absolute; for buckets. */
  readonly workDirectory?: string;
  readonly metadata?: Partial<VersionMetadata>;
  readonly lease?: StageOptions['lease'];
  /** What its queries gave: the content of each. */
  readonly extracts?: readonly string[];
}

/** Publishes a version of made-up bytes. */
export async function publishNumbers(registry: Registry, version: string, options: NumbersOptions = {}): Promise<void> {
  const { name = 'numbers', config, content = version, workDirectory, metadata, lease, extracts = [] } = options;
  const staged = await stageVersion(registry, { name, config, version }, { workDirectory, lease });
  try {
    const sources = await keepResults(staged, extracts, lease);
    await writeMetadata(staged, { ...(await makeShards(staged, content)), sources, ...metadata });
    await publish(staged, { defaultConfig: config });
  } finally {
    await staged.discard();
  }
}

/** Keeps results of made-up bytes, and gives the sources that name them. */
export async function keepResults(
  staged: StagedVersion,
  contents: readonly string[],
  lease?: StageOptions['lease'],
): Promise<VersionMetadata['sources']> {
  await mkdir(staged.retainedDirectory, { recursive: true });
  const files: NewExtract[] = [];
  for (const content of contents) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = join(staged.retainedDirectory, sha256);
    await writeFile(path, content);
    files.push({ path, format: 'parquet', bytes: Buffer.byteLength(content), sha256, rows: 1 });
  }
  const kept = await keepExtracts(staged, files, { lease });
  return kept.map((file) => ({
    uri: `${file.sha256.slice(0, 8)}.sql`,
    extracts: [{ of: file.sha256, format: 'parquet', files: [file] }],
  }));
}

/** The registry, but after so many changes it does nothing any more, as for a process that was killed. */
export function dyingAfter(registry: Registry, changes: number): Registry {
  const changing = new Set([
    'write',
    'createIfAbsent',
    'delete',
    'deleteAll',
    'deleteDirectory',
    'moveDirectory',
    'upload',
  ]);
  let left = changes;
  const storage = new Proxy(registry.storage, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        if (changing.has(String(property)) && left-- <= 0) return Promise.reject(new Died());
        return Reflect.apply(value, target, parameters);
      };
    },
  });
  return openRegistry(storage);
}

export class Died extends Error {}
