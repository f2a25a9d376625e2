import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { storageError } from '../../../storage/index.js';
import { type LocalLocation, stagingDirectory } from '../../files/location.js';
import type { SourceContext } from '../../source.js';
import { readStagedRecord, writeStagedRecord } from '../../staged-record.js';
import type { ParquetResult } from '../extract/parquet-result.js';

const recordSchema = z.strictObject({
  stamp: z.string(),
  bytes: z.int(),
  digest: z.string(),
  integers: z.array(z.string()),
});

/** Where the result of a query lies, `name` being a name for the query. */
export class StagedFile {
  readonly #directory: string;
  readonly #name: string;

  /** Makes the directory. @throws DatasetsError STORAGE_FULL, STORAGE_FAILED */
  constructor(name: string, context: SourceContext) {
    this.#directory = stagingDirectory(context);
    this.#name = `${name}.parquet`;
    try {
      mkdirSync(this.#directory, { recursive: true });
    } catch (error) {
      throw storageError(error, 'create', this.#directory);
    }
  }

  /** Where to write the result: another file than the one that is found. */
  get partial(): string {
    return join(this.#directory, `${this.#name}.partial`);
  }

  get spillDirectory(): string {
    return join(this.#directory, `${this.#name}.spill`);
  }

  /** What an earlier attempt at this build has staged whole, of inputs in the same state. */
  find(stamp: string): ParquetResult | undefined {
    return this.#read((record) => record.stamp === stamp);
  }

  /** What was staged last, and is read in this build. */
  last(): ParquetResult | undefined {
    return this.#read(() => true);
  }

  #read(isWanted: (record: z.infer<typeof recordSchema>) => boolean): ParquetResult | undefined {
    const file = join(this.#directory, this.#name);
    const record = readStagedRecord(this.#record, recordSchema);
    if (record === undefined || !isWanted(record)) return undefined;
    if (!existsSync(file) || record.bytes !== statSync(file).size) return undefined;
    const { bytes, digest, integers } = record;
    return { location: this.#location, bytes, digest, integers };
  }

  /** Takes the partial file for whole. The record is written last: without it there is nothing. */
  async finish(stamp: string, integers: readonly string[]): Promise<ParquetResult> {
    const file = join(this.#directory, this.#name);
    rmSync(this.#record, { force: true });
    renameSync(this.partial, file);
    const digest = await digestOf(file);
    const { size: bytes } = statSync(file);
    writeStagedRecord(this.#record, { stamp, bytes, digest, integers });
    return { location: this.#location, bytes, digest, integers };
  }

  get #record(): string {
    return join(this.#directory, `${this.#name}.json`);
  }

  get #location(): LocalLocation {
    return { in: 'staged', path: this.#name };
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(block);
  return hash.digest('hex');
}
