import { DatasetsError } from '../../core/errors/index.js';
import { type ArrowMessage, readMessage } from './message-reader.js';

/** Bytes of a file in ranges: an `OpenedObject` of storage is one. */
export interface RangeSource {
  readonly bytes: number;
  /** Reads `length` bytes from byte `offset`, fewer only at the end; may use `into` for the result. */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** A message and where it lies. */
export interface LocatedMessage {
  readonly message: ArrowMessage;
  /** Byte offsets in the file: of the message, of its body, and behind it. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

const headBytes = 8;
/** Read at once for a message's head: enough for the metadata of most record batches. */
const lookAheadBytes = 4096;
/** Metadata beyond this is no metadata: a wide schema has some 100 kB. */
const maxMetadataBytes = 256 << 20;

/** Reads the messages of an Arrow IPC stream one after the other, without their bodies. */
export class ArrowStreamReader {
  readonly #source: RangeSource;
  readonly #file: string;
  #position: number;

  /** @param position Byte offset of the message to begin with. */
  constructor(source: RangeSource, file: string, position = 0) {
    this.#source = source;
    this.#file = file;
    this.#position = position;
  }

  /** The next message, or undefined at the end of the stream. */
  async next(): Promise<LocatedMessage | undefined> {
    const start = this.#position;
    let head = await this.#source.read(start, lookAheadBytes);
    if (head.length === 0 && start > 0) return undefined; // A writer may leave out the end mark.
    const metadataBytes = this.#metadataBytes(head, start);
    if (metadataBytes === 0) return undefined;
    const body = start + headBytes + metadataBytes;
    if (body > this.#source.bytes) throw this.#truncated(start);
    if (head.length < headBytes + metadataBytes) head = await this.#source.read(start, headBytes + metadataBytes);
    const message = this.#parse(head.subarray(headBytes, headBytes + metadataBytes), start);
    const end = body + message.bodyBytes;
    if (!(message.bodyBytes >= 0 && end <= this.#source.bytes)) throw this.#truncated(start);
    this.#position = end;
    return { message, start, body, end };
  }

  /** Length of the metadata, 0 at the end mark. */
  #metadataBytes(head: Uint8Array, start: number): number {
    if (start === 0 && Buffer.from(head.subarray(0, 6)).toString('latin1') === 'ARROW1') {
      throw this.#corrupt(start, 'it is an Arrow file, not an Arrow stream', 'Write it with pyarrow.ipc.new_stream.');
    }
    if (head.length < headBytes) throw this.#truncated(start);
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const metadataBytes = view.getInt32(4, true);
    if (view.getUint32(0, true) !== 0xffff_ffff || metadataBytes < 0 || metadataBytes > maxMetadataBytes) {
      throw this.#corrupt(start, 'no Arrow message starts there');
    }
    return metadataBytes;
  }

  #parse(metadata: Uint8Array, start: number): ArrowMessage {
    try {
      return readMessage(metadata);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw this.#corrupt(start, 'the metadata of its message is damaged', undefined, cause);
    }
  }

  #truncated(start: number): DatasetsError {
    return this.#corrupt(
      start,
      `it ends at byte ${this.#source.bytes}, inside a message`,
      'The file was cut short while it was written or copied. Restore it or build the version again.',
    );
  }

  #corrupt(offset: number, what: string, hint?: string, cause?: unknown): DatasetsError {
    return new DatasetsError('DATA_CORRUPT', `${this.#file}, byte ${offset}: not a whole Arrow stream: ${what}`, {
      hint: hint ?? 'The file changed after it was written. Restore it or build the version again.',
      at: { file: this.#file, offset },
      cause,
    });
  }
}
