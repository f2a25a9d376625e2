import { TFRecordScanner } from '../../formats/index.js';
import type { Compression } from '../files/compression.js';
import { openFile } from '../files/open-file.js';
import { LocalFile, type OpenedFile } from '../files/opened-file.js';
import type { BlockRange } from '../files/read-blocks.js';
import type { SourceFile } from '../files/resolve-files.js';
import { stopIfInterrupted } from '../interrupted.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext } from '../source.js';
import { damagedRecord } from './damaged-record.js';

/** Whole records of a TFRecord file. What a shard carries. */
export type RecordRange = BlockRange & {
  /** Index of the first record in its file. */
  readonly record: number;
};

function wholeRecords(file: SourceFile): RecordRange {
  return { file: file.location, fileBytes: file.bytes, from: 0, to: file.bytes, record: 0 };
}

/**
 * Ranges of a file: about `rangeBytes` each, cut at the first record at or after each multiple of it. Where records begin is known from the lengths of those before them alone, so a larger
 * file is scanned: its headers are read and their checksums verified, and long records are passed over. A compressed file is one range.
 */
export async function splitRecords(
  file: SourceFile,
  compression: Compression | undefined,
  context: SourceContext,
  rangeBytes: number,
): Promise<readonly RecordRange[]> {
  const whole = wholeRecords(file);
  if (compression !== undefined || file.bytes <= rangeBytes) return [whole];
  const starts: RecordStart[] = [{ offset: 0, record: 0 }];
  const opened = await openFile(file.location, file.bytes, context);
  try {
    await scanHeaders(opened, new HeaderScan(file, rangeBytes, starts), context);
  } finally {
    await opened.close();
  }
  return starts.map(({ offset, record }, i) => ({
    ...whole,
    from: offset,
    to: starts[i + 1]?.offset ?? file.bytes,
    record,
  }));
}

/** Read at once: little where records are long and most is passed over, much where they are short; from a bucket always so much that a request's latency doesn't count. */
const windowBytes = { smallest: 4 << 10, largest: 1 << 20, remote: 4 << 20 };

async function scanHeaders(file: OpenedFile, scan: HeaderScan, context: SourceContext): Promise<void> {
  const isLocal = file instanceof LocalFile;
  const memory = Buffer.allocUnsafeSlow(isLocal ? windowBytes.largest : windowBytes.remote);
  let size = isLocal ? windowBytes.smallest : windowBytes.remote;
  while (scan.offset < file.bytes) {
    stopIfInterrupted(context, `${file.name} was split`);
    const end = scan.offset + size;
    scan.pass(await file.read(scan.offset, Math.min(size, file.bytes - scan.offset), memory));
    if (isLocal && scan.offset > end) size = Math.max(windowBytes.smallest, size / 4);
    else if (isLocal) size = Math.min(windowBytes.largest, size * 4);
  }
}

interface RecordStart {
  readonly offset: number;
  readonly record: number;
}

/** Goes from header to header. */
class HeaderScan {
  readonly #file: SourceFile;
  readonly #rangeBytes: number;
  readonly #starts: RecordStart[];
  readonly #scanner: TFRecordScanner;
  #target: number;
  #record = 0;
  /** Where the next record begins. */
  offset = 0;

  constructor(file: SourceFile, rangeBytes: number, starts: RecordStart[]) {
    this.#file = file;
    this.#rangeBytes = rangeBytes;
    this.#starts = starts;
    this.#target = rangeBytes;
    this.#scanner = new TFRecordScanner({ file: file.name });
  }

  /** Passes over the records whose headers lie in a window of the file that begins at `offset`. */
  pass(window: Uint8Array): void {
    const begin = this.offset;
    for (;;) {
      if (this.offset >= this.#target && this.offset < this.#file.bytes) this.#cut();
      const frame = this.#frameBytes(window, begin);
      if (frame === undefined) break;
      if (this.offset + frame > this.#file.bytes) this.#truncated();
      this.offset += frame;
      this.#record++;
    }
    if (this.offset === begin) this.#truncated();
  }

  #frameBytes(window: Uint8Array, begin: number): number | undefined {
    try {
      return this.#scanner.frameBytes(window, this.offset - begin, window.length, begin);
    } catch (error) {
      throw damagedRecord(error, this.#file.name, this.#record);
    }
  }

  #cut(): void {
    if (this.#starts.at(-1)?.offset === this.offset) return;
    this.#starts.push({ offset: this.offset, record: this.#record });
    this.#target = (Math.floor(this.offset / this.#rangeBytes) + 1) * this.#rangeBytes;
  }

  #truncated(): never {
    throw malformedFile(this.#file.name, `ends inside record ${this.#record}, which begins at byte ${this.offset}`, {
      hint: 'The file was cut short while it was written or copied: fetch or write it again.',
      offset: this.offset,
    });
  }
}
