import type { OpenedObject } from '../storage.js';
import { repeat } from './attempts.js';
import type { BucketObjects } from './bucket-objects.js';
import { gcsError } from './gcs-error.js';
import type { GcsSettings } from './gcs-settings.js';
import type { ObjectResource } from './object-resource.js';
import { RequestFailure } from './request-failure.js';

/** What an opened object needs of its storage. */
export interface ObjectSource {
  readonly objects: BucketObjects;
  readonly settings: GcsSettings;
  /** For messages: the object's `gs://` URL. */
  readonly url: string;
}

/**
 * An object opened for ranged reads, one request each. They are pinned to the generation that was found at opening: of an object that was replaced
 * meanwhile nothing is read any more. Google gives no checksum of a range; TLS guards it on its way, and readers check records themselves.
 */
export class GcsObject implements OpenedObject {
  readonly bytes: number;
  readonly #source: ObjectSource;
  readonly #resource: ObjectResource;

  constructor(source: ObjectSource, resource: ObjectResource) {
    this.bytes = resource.bytes;
    this.#source = source;
    this.#resource = resource;
  }

  async read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.bytes - offset));
    const target = into !== undefined && into.length >= wanted ? into : new Uint8Array(wanted);
    if (wanted > 0) await this.#fill(target, offset, wanted);
    return wanted === target.length ? target : target.subarray(0, wanted);
  }

  async close(): Promise<void> {
    // Nothing is held between two reads.
  }

  async #fill(target: Uint8Array, offset: number, wanted: number): Promise<void> {
    const { objects, settings, url } = this.#source;
    const { name, generation } = this.#resource;
    let read = 0;
    try {
      await repeat(settings, async ({ progress }) => {
        if (read === wanted) return;
        await objects.read(
          name,
          { generation, start: offset + read, end: offset + wanted - 1 },
          {
            chunk: (bytes) => {
              if (bytes.length > wanted - read)
                throw new RequestFailure('more came than was asked for', { reason: 'unreadable' });
              target.set(bytes, read);
              read += bytes.length;
              progress();
            },
          },
        );
        if (read < wanted) throw new RequestFailure('the body ended early', { reason: 'truncated' });
      });
    } catch (cause) {
      throw gcsError(cause, 'read', url);
    }
  }
}
