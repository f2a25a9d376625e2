import {
  openRegistry,
  publish,
  type Registry,
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
}

/** Publishes a version of made-up bytes. */
export async function publishNumbers(registry: Registry, version: string, options: NumbersOptions = {}): Promise<void> {
  const { name = 'numbers', config, content = version, workDirectory, metadata, lease } = options;
  const staged = await stageVersion(registry, { name, config, version }, { workDirectory, lease });
  try {
    await writeMetadata(staged, { ...(await makeShards(staged, content)), ...metadata });
    await publish(staged, { defaultConfig: config });
  } finally {
    await staged.discard();
  }
}

/** The registry, but after so many changes it does nothing any more, as for a process that was killed. */
export function dyingAfter(registry: Registry, changes: number): Registry {
  const changing = new Set(['write', 'createIfAbsent', 'delete', 'deleteAll', 'deleteDirectory', 'moveDirectory']);
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
