import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { BadRow, BadRowLimit } from '../../sources/index.js';
import { storageError } from '../../storage/index.js';

/** The malformed rows of one source shard. Plain data. */
export interface UnitBadRows {
  readonly count: number;
  /** Reading stopped at the source's limit: there may be more. */
  readonly more: boolean;
  /** The first ones: file, line, column and reason. */
  readonly examples: readonly string[];
  readonly byFile: Readonly<Record<string, number>>;
  /** Where they lie, as lines of JSON. */
  readonly file: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** Thrown through a source when its shard alone has more bad rows than all may have; ends the shard, not the build. */
export class TooManyBadRows extends Error {
  constructor() {
    super('the source shard has more malformed rows than its source may have');
    this.name = 'TooManyBadRows';
  }
}

export const shownBadRows = 5;
/** Of one shard: beyond this, rows are counted only. */
const mostQuarantinedBytes = 64 << 20;
/** Of one row; what follows is cut off. */
const mostRowBytes = 64 << 10;

export interface BadRowCollectorOptions {
  /** Where the rows go, absolute; there only when there are some. */
  readonly file: string;
  readonly limit: BadRowLimit;
  /** Whether a quarantined row is kept itself, or only where it was and why. */
  readonly keepsRows: boolean;
}

/** Counts the malformed rows of one source shard and puts them into quarantine. */
export class BadRowCollector {
  readonly #options: BadRowCollectorOptions;
  readonly #examples: string[] = [];
  readonly #byFile = new Map<string, number>();
  #count = 0;
  #more = false;
  #descriptor: number | undefined;
  #bytes = 0;
  #crc32 = 0;

  constructor(options: BadRowCollectorOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws TooManyBadRows; DatasetsError STORAGE_FULL, STORAGE_FAILED */
  take(row: BadRow): void {
    const { limit } = this.#options;
    this.#count += row.rows;
    this.#byFile.set(row.file, (this.#byFile.get(row.file) ?? 0) + row.rows);
    if (this.#examples.length < shownBadRows) this.#examples.push(placeOf(row));
    if (this.#bytes < mostQuarantinedBytes) this.#write(row);
    if (limit.rows === undefined || this.#count <= limit.rows) return;
    this.#more = true;
    throw new TooManyBadRows();
  }

  /** What was taken; undefined for none. */
  finish(): UnitBadRows | undefined {
    this.#close();
    if (this.#count === 0) return undefined;
    return {
      count: this.#count,
      more: this.#more,
      examples: this.#examples,
      byFile: Object.fromEntries(this.#byFile),
      file: this.#options.file,
      bytes: this.#bytes,
      crc32: this.#crc32,
    };
  }

  abort(): void {
    this.#close();
    rmSync(this.#options.file, { force: true });
  }

  #write({ file, line, column, rows, reason, raw }: BadRow): void {
    const entry = { file, line, ...(column !== undefined && { column }), ...(rows > 1 && { rows }), reason };
    const text = `${JSON.stringify(this.#options.keepsRows ? { ...entry, ...rawOf(raw) } : entry)}\n`;
    const bytes = Buffer.from(text, 'utf8');
    try {
      this.#descriptor ??= openSync(this.#options.file, 'w');
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    } catch (cause) {
      throw storageError(cause, 'write', this.#options.file);
    }
    this.#bytes += bytes.length;
    this.#crc32 = crc32(bytes, this.#crc32);
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** A row that is not UTF-8 is kept as base64. */
function rawOf(raw: string | Buffer): { readonly raw?: string; readonly base64?: string; readonly cut?: true } {
  const kept = raw.slice(0, mostRowBytes);
  const text = typeof kept === 'string' ? { raw: kept } : { base64: kept.toString('base64') };
  return { ...text, ...(raw.length > mostRowBytes && { cut: true }) };
}

function placeOf({ file, line, column, reason }: BadRow): string {
  return `${file} line ${line}${column === undefined ? '' : `, column ${column}`}: ${reason}`;
}
