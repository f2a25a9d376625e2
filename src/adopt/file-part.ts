import { type RangeSource, streamRange } from '../formats/index.js';
import type { OpenedObject } from '../storage/index.js';

/** Some bytes of a file, as a file of their own. */
export class FilePart implements RangeSource {
  readonly from: number;
  readonly to: number;
  readonly #file: OpenedObject;

  private constructor(file: OpenedObject, from: number, to: number) {
    this.#file = file;
    this.from = from;
    this.to = to;
  }

  static whole(file: OpenedObject): FilePart {
    return new FilePart(file, 0, file.bytes);
  }

  /**
   * The Arrow stream in a file, whether that is in the file format or the stream itself.
   *
   * @param name Named in errors.
   * @throws DatasetsError DATA_CORRUPT for an Arrow file without its footer.
   */
  static async streamOf(file: OpenedObject, name: string): Promise<FilePart> {
    const { from, to } = await streamRange(file, name);
    return new FilePart(file, from, to);
  }

  get bytes(): number {
    return this.to - this.from;
  }

  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    return this.#file.read(this.from + offset, Math.max(0, Math.min(length, this.bytes - offset)), into);
  }
}
