import { Crc32c } from '../../core/checksum/index.js';
import type { Downloaded } from '../storage.js';
import { repeat } from './attempts.js';
import type { BucketObjects } from './bucket-objects.js';
import type { GcsSettings } from './gcs-settings.js';
import { checksumReason, damagedReason, RequestFailure } from './request-failure.js';

/** Where a download goes. */
export interface DownloadTarget {
  /** Before the first byte, and again where all begins anew. */
  start(bytes: number): void | Promise<void>;
  /** Takes the next bytes, which are the target's from then on. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** After the last byte, when its checksum was right. */
  end?(): Promise<void>;
}

/** Contents that came with a wrong checksum before the object itself is taken for damaged. */
const maxMismatches = 5;

/**
 * Fetches a whole object, of one generation, and checks it. After a fault it goes on where it stopped.
 *
 * @throws RequestFailure
 */
export async function downloadObject(
  objects: BucketObjects,
  settings: GcsSettings,
  name: string,
  target: DownloadTarget,
): Promise<Downloaded> {
  let about: Content | undefined;
  let crc = new Crc32c();
  let received = 0;
  let mismatches = 0;
  return repeat(settings, async ({ progress }) => {
    const range = about === undefined ? {} : { generation: about.generation, start: received };
    if (about === undefined || received < about.bytes) {
      await objects.read(name, received === 0 ? {} : range, {
        headers: (headers) => {
          if (received === 0) about = contentOf(headers);
        },
        chunk: async (bytes) => {
          if (received === 0) await target.start(about?.bytes ?? 0);
          await target.write(bytes);
          crc.update(bytes);
          received += bytes.length;
          progress();
        },
      });
    }
    if (about === undefined) throw new RequestFailure('the reply has no headers', { reason: 'unreadable' });
    if (received < about.bytes) throw new RequestFailure('the body ended early', { reason: 'truncated' });
    const crc32c = crc.digestBase64();
    const { bytes } = about;
    if (received === 0) await target.start(0);
    if (received === bytes && crc32c === about.crc32c) {
      await target.end?.();
      return { bytes, crc32c };
    }
    const message = `its content has crc32c ${crc32c}, not ${about.crc32c}`;
    about = undefined;
    crc = new Crc32c();
    received = 0;
    mismatches++;
    throw new RequestFailure(message, { reason: mismatches < maxMismatches ? checksumReason : damagedReason });
  });
}

interface Content {
  readonly generation: string;
  readonly bytes: number;
  readonly crc32c: string;
}

/** The headers of a media reply: https://cloud.google.com/storage/docs/xml-api/reference-headers. */
function contentOf(headers: Readonly<Record<string, string | undefined>>): Content {
  const generation = headers['x-goog-generation'];
  const bytes = headers['x-goog-stored-content-length'] ?? headers['content-length'];
  const crc32c = /(?:^|[ ,])crc32c=([A-Za-z0-9+/=]{8})/.exec(headers['x-goog-hash'] ?? '')?.[1];
  if (generation === undefined || bytes === undefined || crc32c === undefined) {
    throw new RequestFailure('the reply does not describe its content', { reason: 'unreadable' });
  }
  return { generation, bytes: Number(bytes), crc32c };
}
