import { randomUUID } from 'node:crypto';

/**
 * The body of a multipart upload (RFC 2387): the object's metadata, then its content, which whoever asked for the draft fills in.
 *
 * It is one allocation, so that a file is read straight to its place; the metadata comes last, when the checksum is known.
 */
export class MultipartDraft {
  readonly content: Buffer;
  readonly #bytes: Buffer;
  readonly #boundary = randomUUID();
  readonly #tail: Buffer;

  constructor(contentBytes: number) {
    this.#tail = Buffer.from(`\r\n--${this.#boundary}--`);
    this.#bytes = Buffer.allocUnsafeSlow(headRoom + contentBytes + this.#tail.length);
    this.content = this.#bytes.subarray(headRoom, headRoom + contentBytes);
    this.#tail.copy(this.#bytes, headRoom + contentBytes);
  }

  get contentType(): string {
    return `multipart/related; boundary=${this.#boundary}`;
  }

  /** The whole body. The metadata must be small. */
  finish(metadata: object): Buffer {
    const head = Buffer.from(
      `--${this.#boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n` +
        `--${this.#boundary}\r\nContent-Type: ${objectType}\r\n\r\n`,
    );
    head.copy(this.#bytes, headRoom - head.length);
    return this.#bytes.subarray(headRoom - head.length);
  }
}

/** Room before the content for the two part headers and the metadata, which are some 400 bytes. */
const headRoom = 1024;

/** Nothing looks at it; without one the server would guess. */
export const objectType = 'application/octet-stream';
