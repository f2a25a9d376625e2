import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import { openVersion, verifyVersion } from '../../src/reader/index.js';
import { seededRandom } from '../gcs/seeded-random.js';

export type FileKind = 'tfrecord' | 'arrow' | 'parquet' | 'index' | 'manifest' | 'other metadata';
export type Damage = 'flip' | 'cut' | 'swap' | 'zero';

/** What became of all trials on one kind of file. */
export interface DamageTally {
  readonly kind: FileKind;
  trials: number;
  verified: number;
  /** Reads with `verify: 'full'` that touch the file, and those of them that stopped at it. */
  reads: number;
  stopped: number;
}

export interface DamageCampaign {
  /** Of the version; it is damaged and mended over and over. */
  readonly directory: string;
  /** The same version, whole. */
  readonly pristine: string;
  readonly trials: number;
  readonly seed: number;
  /** Default: single bits alone. */
  readonly damages?: readonly Damage[];
}

/** Damages one file of a version at a time, and counts who finds it. Files are chosen evenly by kind. */
export async function damageVersion(campaign: DamageCampaign): Promise<readonly DamageTally[]> {
  const { directory, pristine, trials, seed, damages = ['flip'] } = campaign;
  const random = seededRandom(seed);
  const files = filesByKind(pristine);
  const tallies = [...files.keys()].map((kind) => ({ kind, trials: 0, verified: 0, reads: 0, stopped: 0 }));
  for (let trial = 0; trial < trials; trial++) {
    const tally = pick(tallies, random);
    const path = pick(files.get(tally.kind) ?? [], random);
    const whole = readFileSync(join(pristine, path));
    writeFileSync(join(directory, path), damaged(whole, pick(damages, random), random));
    tally.trials += 1;
    if (await isFound(directory, path)) tally.verified += 1;
    else console.error(`verify did not find the damage of trial ${trial} (seed ${seed}) in ${path}`);
    if (tally.kind !== 'other metadata') {
      tally.reads += 1;
      if (await isStopped(directory, tally.kind)) tally.stopped += 1;
      else console.error(`a read went over the damage of trial ${trial} (seed ${seed}) in ${path}`);
    }
    copyFileSync(join(pristine, path), join(directory, path));
  }
  return tallies;
}

function filesByKind(directory: string): ReadonlyMap<FileKind, readonly string[]> {
  const kinds = new Map<FileKind, string[]>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(directory.length + 1);
    if (!entry.isFile() || readFileSync(join(directory, path)).length === 0) continue;
    const kind = kindOf(path);
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return kinds;
}

function kindOf(path: string): FileKind {
  if (path === 'manifest.json') return 'manifest';
  if (path.startsWith('index/')) return 'index';
  if (path.endsWith('.arrow')) return 'arrow';
  if (path.endsWith('.parquet')) return 'parquet';
  return path.includes('.tfrecord-') ? 'tfrecord' : 'other metadata';
}

/** Never the same bytes: where a swap or zeros would change nothing, a bit flips. */
function damaged(whole: Buffer, damage: Damage, random: () => number): Buffer {
  const at = Math.floor(random() * whole.length);
  const bytes = Buffer.from(whole);
  if (damage === 'cut') return bytes.subarray(0, at);
  const other = Math.floor(random() * whole.length);
  if (damage === 'swap') {
    bytes[at] = whole[other] ?? 0;
    bytes[other] = whole[at] ?? 0;
  }
  if (damage === 'zero') bytes.fill(0, at, Math.min(at + 512, whole.length));
  if (bytes.equals(whole)) bytes[at] = (whole[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return bytes;
}

async function isFound(directory: string, path: string): Promise<boolean> {
  const [version = '', name = ''] = directory.split('/').reverse();
  const { problems } = await verifyVersion(directory, { expected: { name, config: undefined, version } });
  return problems.some(({ file }) => file === path);
}

/** Reads everything that a trainer can read of this kind of file. */
async function isStopped(directory: string, kind: FileKind): Promise<boolean> {
  try {
    const format = kind === 'parquet' ? kind : kind === 'arrow' || kind === 'manifest' ? 'arrow' : 'tfrecord';
    const version = await openVersion(directory, { format, verify: 'full' });
    const dataset = version.dataset();
    if (kind === 'index') for (let i = 0; i < dataset.length; i++) await dataset.at(i);
    else for await (const _ of dataset.columns({ batchSize: 64 }));
    return false;
  } catch (error) {
    if (error instanceof DatasetsError && (error.code === 'DATA_CORRUPT' || error.code === 'MANIFEST_INVALID'))
      return true;
    throw error;
  }
}

function pick<T>(choices: readonly T[], random: () => number): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('there is nothing to choose from');
  return chosen;
}
