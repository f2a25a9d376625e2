import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Source, SourceContext } from '../../src/sources/index.js';
import { repositoryRoot } from '../oracle/index.js';

/** Everything that a source gives, in the order of its shards, as a build would read it: split once, shards through JSON. */
export interface Content<T> {
  readonly shards: readonly string[];
  readonly elements: readonly T[];
  readonly positions: readonly string[];
  readonly largestBatch: number;
}

export async function readAll<T>(source: Source<T>, context: SourceContext = inRepository): Promise<Content<T>> {
  const shards = await source.split(context);
  const elements: T[] = [];
  const positions: string[] = [];
  let largestBatch = 0;
  for (const shard of JSON.parse(JSON.stringify(shards))) {
    for await (const batch of source.read(shard, context)) {
      elements.push(...batch.elements);
      batch.elements.forEach((_, index) => {
        positions.push(batch.position(index));
      });
      largestBatch = Math.max(largestBatch, batch.elements.length);
    }
  }
  return { shards: shards.map((shard) => shard.id), elements, positions, largestBatch };
}

export const inRepository: SourceContext = { baseDirectory: repositoryRoot };

/** A folder for a test file's own files, as the folder of a builder's module. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'ailab-sources-'));
  readonly context: SourceContext = { baseDirectory: this.path, projectDirectory: repositoryRoot };

  /** Writes a file (gzip where its name says so) and returns its name. */
  write(name: string, content: string | Uint8Array): string {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    writeFileSync(join(this.path, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    return name;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The folder of an npm package that the tests read data from. */
export function packageFolder(name: string): string {
  return join(dirname(join(repositoryRoot, 'package.json')), 'node_modules', name);
}
