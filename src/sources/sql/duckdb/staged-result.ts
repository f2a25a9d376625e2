import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { storageError } from '../../../storage/index.js';
import { type LocalLocation, stagingDirectory } from '../../files/location.js';
import type { SourceContext } from '../../source.js';
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
    attempt('create', this.#directory, () => mkdirSync(this.#directory, { recursive: true }));
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
    const [file, record] = [join(this.#directory, this.#name), this.#record];
    if (!existsSync(file) || !existsSync(record)) return undefined;
    const read = recordSchema.safeParse(parsed(readFileSync(record, 'utf8')));
    if (!read.success || !isWanted(read.data) || read.data.bytes !== statSync(file).size) return undefined;
    const { bytes, digest, integers } = read.data;
    return { location: this.#location, bytes, digest, integers };
  }

  /** Takes the partial file for whole. The record is written last: without it there is nothing. */
  async finish(stamp: string, integers: readonly string[]): Promise<ParquetResult> {
    const file = join(this.#directory, this.#name);
    rmSync(this.#record, { force: true });
    renameSync(this.partial, file);
    const digest = await digestOf(file);
    const { size: bytes } = statSync(file);
    attempt('write', this.#record, () => {
      writeFileSync(`${this.#record}.partial`, JSON.stringify({ stamp, bytes, digest, integers }));
      renameSync(`${this.#record}.partial`, this.#record);
    });
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

/** Undefined for what a power cut left. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function attempt(what: 'create' | 'write', path: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    throw storageError(error, what, path);
  }
}
