import { acquireLease } from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';

export interface OneMaker<T> {
  /** Absolute. */
  readonly directory: string;
  /** Where the lease of what is made lies, in the directory. */
  readonly lease: string;
  /** What is made, once it is there. */
  readonly finished: () => Promise<T | undefined>;
  /** Makes it. One process at a time does, and only while it isn't there. */
  readonly work: () => Promise<T>;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another process is found at work. */
  readonly onWait?: (() => void) | undefined;
}

/** Shorter than for builds: nobody's own code holds a thread that downloads, and who waits wants to go on. */
const timings = { pollMilliseconds: 50, silentMilliseconds: 60_000 };

/**
 * Lets one process of this host make something, while the others wait for it. When its process dies, one of them takes over.
 *
 * @throws DatasetsError INTERRUPTED, STORAGE_FAILED, STORAGE_FULL; whatever `work` throws.
 */
export async function onceOnThisHost<T>({
  directory,
  lease: path,
  finished,
  work,
  signal,
  onWait,
}: OneMaker<T>): Promise<T> {
  const before = await finished();
  if (before !== undefined) return before;
  // No process survives a power failure that could hold the lease.
  const storage = new LocalStorage(directory, { durable: false });
  let isWaiting = false;
  const onWaiting = (): void => {
    if (!isWaiting) onWait?.();
    isWaiting = true;
  };
  const lease = await acquireLease(storage, path, { about: async () => ({}), onWaiting, signal, timings });
  try {
    return (await finished()) ?? (await work());
  } finally {
    await lease.release();
  }
}
