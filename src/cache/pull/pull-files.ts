import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type LocalStorage, RequestLimit, type Storage } from '../../storage/index.js';
import { fetchFile } from '../fetch-file.js';

import type { PulledFile } from './pulled-file.js';

const parallelDownloads = 8;

export interface FilesToPull {
  readonly from: Storage;
  /** The version's directory in that storage. */
  readonly path: string;
  /** Where verified files come to lie. */
  readonly tree: LocalStorage;
  /** Absolute; for files that are being fetched, on the same file system. */
  readonly partial: string;
  readonly wanted: readonly PulledFile[];
  /** For the progress. */
  readonly reference: string;
  readonly options: {
    readonly signal?: AbortSignal | undefined;
    readonly onStart?:
      | ((pull: { readonly reference: string; readonly bytes: number; readonly keptBytes: number }) => void)
      | undefined;
    readonly onProgress?: ((bytes: number) => void) | undefined;
  };
}

export interface PulledAmounts {
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly kept: { readonly files: number; readonly bytes: number };
}

/** Fetches the files that are not there yet. A file that has its name was verified before it got it; its size is compared all the same. */
export async function pullFiles({
  from,
  path,
  tree,
  partial,
  wanted,
  reference,
  options,
}: FilesToPull): Promise<PulledAmounts> {
  const missing: PulledFile[] = [];
  for (const file of wanted) {
    const there = await tree.stat(file.path);
    if (there?.bytes !== file.bytes) missing.push(file);
  }
  const bytes = bytesOf(wanted);
  const fetchedBytes = bytesOf(missing);
  let done = bytes - fetchedBytes;
  options.onStart?.({ reference, bytes, keptBytes: done });
  const downloads = new RequestLimit(parallelDownloads);
  const stop = new AbortController();
  const signals = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const fetching = missing.map((file) =>
    downloads.run(async () => {
      signals.throwIfAborted();
      await fetchFile({
        from,
        path: `${path}/${file.path}`,
        to: tree.absolute(file.path),
        partial: join(partial, randomUUID()),
        expected: file,
      });
      done += file.bytes;
      options.onProgress?.(done);
    }),
  );
  try {
    await Promise.all(fetching);
  } catch (error) {
    // Those that haven't begun don't begin; those under way end, so that nothing is written any more when this returns.
    stop.abort(error);
    await Promise.allSettled(fetching);
    throw error;
  }
  return {
    fetched: { files: missing.length, bytes: fetchedBytes },
    kept: { files: wanted.length - missing.length, bytes: bytes - fetchedBytes },
  };
}

function bytesOf(files: readonly PulledFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
