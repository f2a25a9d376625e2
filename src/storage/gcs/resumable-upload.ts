import { repeat } from './attempts.js';
import type { BucketObjects } from './bucket-objects.js';
import type { ApiReply } from './gcs-connection.js';
import type { GcsSettings } from './gcs-settings.js';
import { type ObjectResource, parseResource } from './object-resource.js';
import { checksumReason, damagedReason, RequestFailure } from './request-failure.js';

const incompleteStatus = 308;
const nothing = Buffer.alloc(0);

/**
 * One content sent in parts, none of which is lost when a request fails: the server is asked how far it is, and gets the rest
 * (https://cloud.google.com/storage/docs/performing-resumable-uploads). Nobody sees the object before the last part. An upload that is never
 * finished is invisible, and is forgotten by the server after a week.
 */
export class ResumableUpload {
  readonly #objects: BucketObjects;
  readonly #settings: GcsSettings;
  readonly #uri: string;
  /** Bytes of the parts that were sent before. */
  #offset = 0;

  private constructor(objects: BucketObjects, settings: GcsSettings, uri: string) {
    this.#objects = objects;
    this.#settings = settings;
    this.#uri = uri;
  }

  /** @param crc32c makes the server refuse another content. */
  static async start(
    objects: BucketObjects,
    settings: GcsSettings,
    name: string,
    crc32c: string | undefined,
  ): Promise<ResumableUpload> {
    const uri = await repeat(settings, () => objects.startUpload(name, crc32c));
    if (uri === undefined)
      throw new RequestFailure('the server gave no place for the upload', { reason: 'unreadable' });
    return new ResumableUpload(objects, settings, uri);
  }

  /** Sends a part that others follow: a multiple of 256 KiB. */
  async send(part: Buffer): Promise<void> {
    const finished = await this.#transfer(part, undefined);
    if (finished !== undefined) throw new RequestFailure('the server ended the upload early', { reason: 'unreadable' });
    this.#offset += part.length;
  }

  /** Sends the last part, which makes the object. */
  async finish(part: Buffer): Promise<ObjectResource> {
    const finished = await this.#transfer(part, this.#offset + part.length);
    if (finished === undefined) throw new RequestFailure('the server did not end the upload', { reason: 'unreadable' });
    return finished;
  }

  /** @param total size of the content, with its last part. */
  #transfer(part: Buffer, total: number | undefined): Promise<ObjectResource | undefined> {
    let sent = 0;
    let inDoubt = false;
    return repeat(this.#settings, async ({ progress }) => {
      while (inDoubt || sent < part.length || total !== undefined) {
        const rest = inDoubt ? nothing : part.subarray(sent);
        const reply = await this.#request(rest, this.#offset + sent, total, () => {
          inDoubt = true;
        });
        if (reply.status !== incompleteStatus) return parseResource(reply.body);
        const before = sent;
        sent = persistedBytes(reply) - this.#offset;
        if (sent < 0 || sent > part.length || (!inDoubt && sent <= before)) {
          throw new RequestFailure('the server lost a part of the upload', { reason: 'unreadable' });
        }
        inDoubt = false;
        if (sent > before) progress();
      }
      return undefined;
    });
  }

  async #request(bytes: Buffer, from: number, total: number | undefined, onDoubt: () => void): Promise<ApiReply> {
    const range = bytes.length === 0 ? '*' : `${from}-${from + bytes.length - 1}`;
    try {
      return await this.#objects.sendPart(this.#uri, bytes, `bytes ${range}/${total ?? '*'}`);
    } catch (error) {
      onDoubt();
      // Asking again can't help: the bytes are with the server, and they are the wrong ones.
      if (!(error instanceof RequestFailure) || error.reason !== checksumReason) throw error;
      throw new RequestFailure(error.message, { status: error.status, reason: damagedReason });
    }
  }
}

function persistedBytes({ headers }: ApiReply): number {
  const last = /^bytes=0-(\d+)$/.exec(headers['range'] ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}
