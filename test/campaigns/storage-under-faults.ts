import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import { GcsStorage, type Storage } from '../../src/storage/index.js';
import { type Bucket, type FaultProxy, type Gcs, impatient } from '../gcs/index.js';
import { seededRandom } from '../gcs/seeded-random.js';
import { checksum, noise } from '../storage/storage-contract.js';

export interface UnderFaults {
  readonly operations: number;
  readonly requests: number;
  /** `download, reset` → how often. */
  readonly faults: ReadonlyMap<string, number>;
  readonly total: number;
  /** Streams that were refused because a bit of them had changed. */
  readonly refused: number;
  /** Of one operation. */
  readonly slowestMilliseconds: number;
  /** What was lost, doubled, wrong, failed, or hung; none, if all is well. */
  readonly problems: readonly string[];
}

/** No operation may take longer, however many of its requests fail. */
const hangMilliseconds = 60_000;
const workers = 8;
const partBytes = 2 ** 18;
const settings = { ...impatient, partBytes, maxAttempts: 40 };

/**
 * Eight writers do everything that a storage offers, in one bucket, while every fifth request fails, until there were so many faults. Each knows what
 * must be there; at the end the emulator itself is asked, past the driver and the proxies.
 */
export async function storageUnderFaults(
  gcs: Gcs,
  { faults, seed }: { readonly faults: number; readonly seed: number },
): Promise<UnderFaults> {
  const bucket = await gcs.newBucket();
  const folder = mkdtempSync(join(tmpdir(), 'ailab-wire-faults-'));
  const proxy = await gcs.startFaults({ seed, rate: 0.2 });
  // Nobody can tell a flipped bit in a range; readers check records.
  const rangeProxy = await gcs.startFaults({
    seed: seed + 1,
    rate: 0.2,
    kinds: ['503', '429', 'reset', 'stall', 'truncated body', 'lost reply'],
  });
  const proxies = [proxy, rangeProxy];
  const total = (): number => sum(proxies.map((each) => each.total));
  const wins = new Map<string, string[]>();
  try {
    const writers = Array.from(
      { length: workers },
      (_, index) =>
        new Writer({
          storage: new GcsStorage(bucket.url, { ...settings, endpoint: proxy.url }),
          ranged: new GcsStorage(bucket.url, { ...settings, endpoint: rangeProxy.url }),
          directory: `writer ${index}`,
          folder,
          random: seededRandom(seed * 1000 + index),
          wins,
        }),
    );
    await Promise.all(writers.map((writer) => writer.run(() => total() >= faults)));
    const expected = new Map(writers.flatMap((writer) => [...writer.expected]));
    const problems = [...writers.flatMap((writer) => writer.problems), ...judgeRaces(wins, expected)];
    problems.push(...(await recount(gcs, bucket, expected)));
    return {
      operations: sum(writers.map((writer) => writer.operations)),
      requests: sum(proxies.map((each) => each.requests)),
      faults: merged(proxies),
      total: total(),
      refused: sum(writers.map((writer) => writer.refused)),
      slowestMilliseconds: Math.max(...writers.map((writer) => writer.slowestMilliseconds)),
      problems,
    };
  } finally {
    await Promise.all(proxies.map((each) => each.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

interface WriterOptions {
  readonly storage: Storage;
  readonly ranged: Storage;
  readonly directory: string;
  readonly folder: string;
  readonly random: () => number;
  /** Keys that all writers want → contents of those who were told that they won. */
  readonly wins: Map<string, string[]>;
}

class Writer {
  /** What must be there: its own objects. */
  readonly expected = new Map<string, Buffer>();
  readonly problems: string[] = [];
  operations = 0;
  refused = 0;
  slowestMilliseconds = 0;
  readonly #options: WriterOptions;
  #created = 0;
  #raced = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async run(enough: () => boolean): Promise<void> {
    const operations = [
      ...[this.#write, this.#create, this.#race, this.#upload, this.#stream],
      ...[this.#copy, this.#delete, this.#read, this.#fetch, this.#list],
    ];
    while (!enough()) {
      const operation = this.#choose(operations) ?? this.#write;
      this.operations++;
      const started = performance.now();
      try {
        await withoutHang(operation.call(this));
      } catch (error) {
        this.problems.push(`${this.#options.directory}: ${error instanceof Error ? error.stack : error}`);
      }
      this.slowestMilliseconds = Math.max(this.slowestMilliseconds, performance.now() - started);
    }
  }

  async #write(): Promise<void> {
    const path = this.#known() ?? this.#fresh();
    const content = this.#content(4096);
    await this.#options.storage.write(path, content);
    this.expected.set(path, content);
  }

  async #create(): Promise<void> {
    const path = this.#fresh();
    const content = this.#content(100);
    this.#must(await this.#options.storage.createIfAbsent(path, content), `${path} was not created`);
    this.expected.set(path, content);
    this.#must(!(await this.#options.storage.createIfAbsent(path, 'again')), `${path} was created twice`);
  }

  async #race(): Promise<void> {
    const path = `races/${this.#raced++}`;
    const content = randomUUID();
    if (!(await this.#options.storage.createIfAbsent(path, content))) return;
    this.#options.wins.set(path, [...(this.#options.wins.get(path) ?? []), content]);
  }

  async #upload(): Promise<void> {
    const path = this.#fresh();
    const content = this.#content(this.#options.random() < 0.3 ? 3 * partBytes : 4096);
    const file = join(this.#options.folder, randomUUID());
    writeFileSync(file, content);
    await this.#options.storage.upload(file, path, this.#options.random() < 0.5 ? {} : { crc32c: checksum(content) });
    rmSync(file);
    this.expected.set(path, content);
  }

  async #stream(): Promise<void> {
    const path = this.#fresh();
    const content = this.#content(2 * partBytes);
    const writer = await this.#options.storage.create(path);
    try {
      for (let offset = 0; offset < content.length; offset += 100_000) {
        await writer.write(content.subarray(offset, offset + 100_000));
      }
      await writer.close();
      this.expected.set(path, content);
    } catch (error) {
      // What was streamed is gone and can't be sent again: a bit that changed is told, and nothing is left.
      if (!(error instanceof DatasetsError) || error.code !== 'DATA_CORRUPT') throw error;
      this.refused++;
      this.#must((await this.#options.storage.stat(path)) === undefined, `${path} is there although it was refused`);
    }
  }

  async #copy(): Promise<void> {
    const from = this.#known();
    if (from === undefined) return;
    const to = this.#fresh();
    const content = this.expected.get(from) ?? Buffer.alloc(0);
    if (this.#options.random() < 0.5) await this.#options.storage.copy(from, to);
    else this.#must(await this.#options.storage.copyIfAbsent(from, to), `${to} was not created`);
    this.expected.set(to, content);
    this.#must(!(await this.#options.storage.copyIfAbsent(from, to)), `${to} was created twice`);
  }

  async #delete(): Promise<void> {
    const path = this.#known();
    if (path === undefined) return;
    await this.#options.storage.delete(path);
    this.expected.delete(path);
    this.#must((await this.#options.storage.stat(path)) === undefined, `${path} was not deleted`);
  }

  async #read(): Promise<void> {
    const path = this.#known();
    const content = path === undefined ? undefined : this.expected.get(path);
    if (path === undefined || content === undefined) return;
    const read = await this.#options.storage.read(path);
    this.#must(read !== undefined && content.equals(read), `${path} was read wrong`);
    const opened = await this.#options.ranged.open(path);
    const [from, length] = [this.#below(content.length), this.#below(content.length)];
    this.#must(content.subarray(from, from + length).equals(await opened.read(from, length)), `${path}: wrong range`);
    await opened.close();
  }

  async #fetch(): Promise<void> {
    const path = this.#known();
    const content = path === undefined ? undefined : this.expected.get(path);
    if (path === undefined || content === undefined) return;
    const file = join(this.#options.folder, randomUUID());
    const { bytes } = await this.#options.storage.download(path, file);
    this.#must(bytes === content.length && content.equals(readFileSync(file)), `${path} was fetched wrong`);
    rmSync(file);
  }

  async #list(): Promise<void> {
    const { storage, directory } = this.#options;
    const listed = (await storage.list(directory)).map(({ name }) => `${directory}/${name}`);
    this.#must(`${listed.sort()}` === `${[...this.expected.keys()].sort()}`, `${directory} was listed wrong`);
  }

  #must(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  #fresh(): string {
    return `${this.#options.directory}/ü ${this.#created++}.bin`;
  }

  #known(): string | undefined {
    return this.#choose([...this.expected.keys()]);
  }

  #content(maxBytes: number): Buffer {
    return noise(this.#below(maxBytes), this.#below(2 ** 31));
  }

  #choose<T>(of: readonly T[]): T | undefined {
    return of[this.#below(of.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#options.random() * limit);
  }
}

async function withoutHang(operation: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('an operation hangs')), hangMilliseconds);
  });
  try {
    await Promise.race([operation, hang]);
  } finally {
    clearTimeout(timer);
  }
}

/** Of those who wanted one object exactly one must have been told that it won; what it wrote is expected from here on. */
function judgeRaces(wins: ReadonlyMap<string, readonly string[]>, expected: Map<string, Buffer>): string[] {
  for (const [path, [content = '']] of wins) expected.set(path, Buffer.from(content));
  return [...wins].filter(([, winners]) => winners.length > 1).map(([path]) => `${path} was won more than once`);
}

/** Asks the emulator itself what there is. */
async function recount(gcs: Gcs, { name }: Bucket, expected: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const objects = `${gcs.bareEndpoint}/storage/v1/b/${name}/o`;
  const problems: string[] = [];
  const found = new Set<string>();
  let pageToken = '';
  do {
    const page = (await (await fetch(`${objects}?pageToken=${pageToken}`)).json()) as {
      readonly items?: readonly { readonly name: string }[];
      readonly nextPageToken?: string;
    };
    for (const item of page.items ?? []) found.add(item.name.replace(/^registry\//, ''));
    pageToken = page.nextPageToken ?? '';
  } while (pageToken !== '');
  for (const path of found) if (!expected.has(path)) problems.push(`${path} should not be there`);
  for (const [path, content] of expected) {
    const reply = await fetch(`${objects}/${encodeURIComponent(`registry/${path}`)}?alt=media`);
    if (!reply.ok) problems.push(`${path} was lost`);
    else if (!content.equals(Buffer.from(await reply.arrayBuffer()))) problems.push(`${path} has another content`);
  }
  return problems;
}

function merged(proxies: readonly FaultProxy[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { faults } of proxies) {
    for (const [fault, count] of faults) counts.set(fault, (counts.get(fault) ?? 0) + count);
  }
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
