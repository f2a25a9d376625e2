import { type FileHandle, open } from 'node:fs/promises';
import { DatasetsError } from '../../../core/errors/index.js';
import { inParallel, type OpenedObject, RequestLimit, type Storage, storageError } from '../../../storage/index.js';
import { type FetchedRange, type FetchPlan, planFetch, positionIn } from './fetch-plan.js';
import type { InputSlice } from './task-inputs.js';

/** Of one request; this much of each that runs is in memory. */
const partBytes = 1 << 20;
/** Of all tasks that this process prepares at once: 32 MiB. So many, because a task of a shuffle reads a little of each run, and a request takes 30 ms before its first byte. */
const partsAtOnce = 32;
/** Requests that carry no data. */
const opensAtOnce = 32;
/** What is known of an object is kept, since each task of a shuffle reads a part of every run. */
const maxKnownObjects = 1 << 14;

/** Gives a slice the file of this machine where it lies now. */
export type MoveSlice = <S extends InputSlice>(slice: S) => S;

/** Fetches the parts of objects that tasks read. */
export class SliceFetcher {
  readonly #storage: Storage;
  readonly #limit = new RequestLimit(partsAtOnce);
  readonly #known = new Map<string, Promise<OpenedObject>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Fetches slices into one file, and objects of which all is read into files of their own, since those have a checksum.
   *
   * @param prefix absolute: what the names of the files begin with, in a directory that is there.
   * @throws DatasetsError DATA_CORRUPT for an object that is shorter than what was written, or has another checksum.
   */
  async fetch(slices: readonly InputSlice[], prefix: string): Promise<MoveSlice> {
    const plan = planFetch(slices);
    if (plan.bytes === 0) return (slice) => slice;
    const names = [...plan.ranges.keys()];
    const objects = new Map<string, OpenedObject>();
    await inParallel(names, opensAtOnce, async (name) => {
      const object = await this.#open(name);
      this.#checkLength(name, object, plan);
      objects.set(name, object);
    });
    const whole = new Map<string, string>();
    for (const [name, object] of objects) {
      const [first, second] = plan.ranges.get(name) ?? [];
      if (second === undefined && first?.from === 0 && first.to === object.bytes)
        whole.set(name, `${prefix}-${whole.size}`);
    }
    await Promise.all([this.#fetchWhole(whole), this.#fetchRanges(plan, objects, whole, `${prefix}-ranges`)]);
    return (slice) => {
      const file = whole.get(slice.file);
      if (file !== undefined) return { ...slice, file };
      return { ...slice, file: `${prefix}-ranges`, offset: positionIn(plan, slice) };
    };
  }

  async #fetchWhole(files: ReadonlyMap<string, string>): Promise<void> {
    await inParallel([...files], partsAtOnce, ([name, file]) =>
      this.#limit.run(() => this.#storage.download(name, file)),
    );
  }

  async #fetchRanges(
    plan: FetchPlan,
    objects: ReadonlyMap<string, OpenedObject>,
    whole: ReadonlyMap<string, string>,
    file: string,
  ): Promise<void> {
    const parts = [...objects].flatMap(([name, object]) =>
      whole.has(name) ? [] : (plan.ranges.get(name) ?? []).flatMap(partsOf).map((range) => ({ name, object, range })),
    );
    if (parts.length === 0) return;
    const handle = await opened(file);
    try {
      await inParallel(parts, partsAtOnce, ({ name, object, range }) =>
        this.#limit.run(() => this.#fetchPart(name, object, range, handle, file)),
      );
    } finally {
      await handle.close();
    }
  }

  async #fetchPart(
    name: string,
    object: OpenedObject,
    { from, to, position }: FetchedRange,
    handle: FileHandle,
    file: string,
  ): Promise<void> {
    const bytes = await object.read(from, to - from, Buffer.allocUnsafeSlow(to - from));
    if (bytes.length < to - from) throw this.#truncated(name, from + bytes.length, to);
    try {
      for (let done = 0; done < bytes.length; )
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    } catch (cause) {
      throw storageError(cause, 'write', file);
    }
  }

  #open(name: string): Promise<OpenedObject> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const opening = this.#storage.open(name);
    this.#known.set(name, opening);
    opening.catch(() => this.#known.delete(name));
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnownObjects && oldest !== undefined) this.#known.delete(oldest);
    return opening;
  }

  #checkLength(name: string, object: OpenedObject, plan: FetchPlan): void {
    const end = plan.ranges.get(name)?.at(-1)?.to ?? 0;
    if (end > object.bytes) throw this.#truncated(name, object.bytes, end);
  }

  #truncated(name: string, bytes: number, needed: number): DatasetsError {
    const file = `${this.#storage.location}/${name}`;
    return new DatasetsError('DATA_CORRUPT', `${file} has ${bytes} bytes, and at least ${needed} were written`, {
      hint: 'Something else wrote to the work location while the job ran. Run the build again.',
      at: { file, offset: bytes },
    });
  }
}

function partsOf({ from, to, position }: FetchedRange): readonly FetchedRange[] {
  const parts: FetchedRange[] = [];
  for (let at = from; at < to; at += partBytes)
    parts.push({ from: at, to: Math.min(to, at + partBytes), position: position + at - from });
  return parts;
}

async function opened(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w');
  } catch (cause) {
    throw storageError(cause, 'create', file);
  }
}
