import { DatasetsError } from '../../core/errors/index.js';
import type { Field } from './field.js';
import { FlatTableReader } from './flatbuffer-reader.js';
import { readFields } from './message-reader.js';
import type { RangeSource } from './stream-reader.js';

/** What an Arrow IPC file holds, and where its messages begin (Footer in File.fbs). */
export interface ArrowFooter {
  /** Byte offset of the footer, behind the last message and the end mark. */
  readonly start: number;
  readonly fields: readonly Field[];
  readonly dictionaries: readonly number[];
  readonly recordBatches: readonly { readonly start: number; readonly bytes: number }[];
}

const magic = 'ARROW1';
/** The file's first message lies behind the magic, padded to eight bytes. */
const fileHeadBytes = 8;
/** At the end: the footer's length, and the magic once more. */
const tailBytes = 4 + magic.length;

/** Whether it is the file format, which begins with its name; otherwise it should be a stream. */
export async function isArrowFile(source: RangeSource): Promise<boolean> {
  const head = await source.read(0, magic.length);
  return Buffer.from(head).toString('latin1') === magic;
}

/** @throws DatasetsError DATA_CORRUPT for what is not a whole Arrow file */
export async function readFooter(source: RangeSource, file: string): Promise<ArrowFooter> {
  const end = source.bytes - tailBytes;
  const tail = end < fileHeadBytes ? new Uint8Array(0) : await source.read(end, tailBytes);
  if (Buffer.from(tail.subarray(4)).toString('latin1') !== magic) throw corrupt(file, source.bytes, 'it has no footer');
  const footerBytes = new DataView(tail.buffer, tail.byteOffset, tail.byteLength).getInt32(0, true);
  const start = end - footerBytes;
  if (footerBytes <= 0 || start < fileHeadBytes) throw corrupt(file, end, `its footer can't have ${footerBytes} bytes`);
  // A copy: the source may give the same memory again.
  const bytes = Uint8Array.from(await source.read(start, footerBytes));
  try {
    const footer = FlatTableReader.root(bytes);
    const recordBatches = footer
      .blocks(3)
      .map(([offset, metadata, body]) => ({ start: offset, bytes: metadata + body }));
    const dictionaries = footer.blocks(2).map(([offset]) => offset);
    const outside = [...recordBatches.map((block) => block.start), ...dictionaries].find(
      (offset) => !(offset >= fileHeadBytes && offset < start),
    );
    if (outside !== undefined) throw new RangeError(`a message at byte ${outside}`);
    const schema = footer.table(1);
    if (schema === undefined) throw new RangeError('no schema');
    return { start, fields: readFields(schema, bytes.length), dictionaries, recordBatches };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw corrupt(file, start, 'its footer is damaged', cause);
  }
}

/** Where in a file an Arrow stream lies: between the magic and the footer a file holds one (Arrow columnar format, "IPC File Format"); a stream is one. */
export async function streamRange(
  source: RangeSource,
  file: string,
): Promise<{ readonly from: number; readonly to: number }> {
  if (!(await isArrowFile(source))) return { from: 0, to: source.bytes };
  return { from: fileHeadBytes, to: (await readFooter(source, file)).start };
}

function corrupt(file: string, offset: number, what: string, cause?: unknown): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file}, byte ${offset}: not a whole Arrow file: ${what}`, {
    hint: 'The file was cut short while it was written or copied: fetch or write it again.',
    at: { file, offset },
    cause,
  });
}
