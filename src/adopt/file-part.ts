import { DatasetsError } from '../core/errors/index.js';
import type { RangeSource } from '../formats/index.js';
import type { OpenedObject } from '../storage/index.js';

const magic = 'ARROW1';
/** Before the stream: the magic, and zeros up to a multiple of eight. */
const headBytes = 8;
/** At the end: the length of the footer and the magic. */
const tailBytes = 4 + magic.length;

/** Some bytes of a file, as a file of their own. */
export class FilePart implements RangeSource {
  readonly from: number;
  readonly to: number;
  readonly #file: OpenedObject;

  constructor(file: OpenedObject, from: number, to: number) {
    this.#file = file;
    this.from = from;
    this.to = to;
  }

  static whole(file: OpenedObject): FilePart {
    return new FilePart(file, 0, file.bytes);
  }

  /**
   * The stream in an Arrow file: between the magic and the footer it holds one, with its end mark (Arrow columnar format, "IPC File Format"). Of a stream, all of it.
   *
   * @throws DatasetsError DATA_CORRUPT for an Arrow file without its end.
   */
  static async streamOf(file: OpenedObject): Promise<FilePart> {
    const head = Buffer.from(await file.read(0, headBytes));
    if (head.subarray(0, magic.length).toString('latin1') !== magic) return FilePart.whole(file);
    const tail = Buffer.from(await file.read(Math.max(0, file.bytes - tailBytes), tailBytes));
    const to = file.bytes - tailBytes - (tail.length === tailBytes ? tail.readInt32LE(0) : 0);
    if (tail.subarray(4).toString('latin1') === magic && to > headBytes) return new FilePart(file, headBytes, to);
    throw new DatasetsError('DATA_CORRUPT', `an Arrow file of ${file.bytes} bytes ends without its footer`, {
      hint: 'It was cut short while it was written or copied.',
    });
  }

  get bytes(): number {
    return this.to - this.from;
  }

  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    return this.#file.read(this.from + offset, Math.max(0, Math.min(length, this.bytes - offset)), into);
  }
}
