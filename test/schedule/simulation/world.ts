import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type ResolvedConfig } from '../../../src/core/config/index.js';

const library = new URL('../../../src/index.js', import.meta.url).href;

/** How a data set names what it is made from: the snapshot of the same day, or what `nightly` stands for. */
export type Edge = { readonly name: string; readonly by: 'day' | 'nightly' };

export interface SimulatedDataset {
  readonly name: string;
  readonly upstreams: readonly Edge[];
}

/** What a build meets on a night: nothing, a mistake that stays all night, or a network that fails once. */
export type Mishap = 'fine' | 'fails' | 'flickers';

/** A lineage graph, and what goes wrong with it: a function of the seed. */
export interface World {
  /** What each is made from comes before it. */
  readonly datasets: readonly SimulatedDataset[];
  /** Nights after which the source of a day is there: 0 in time. */
  late(name: string, day: number): number;
  mishap(name: string, night: number): Mishap;
}

/**
 * Makes a lineage graph: a data set reads up to two of those before it, so that there are long ways and shared ancestors.
 *
 * @param random from 0 to 1
 */
export function makeWorld(count: number, days: number, random: () => number): World {
  const datasets: SimulatedDataset[] = [];
  for (let index = 0; index < count; index++) {
    const upstreams = new Map<string, Edge>();
    const wanted = index < count / 5 ? 0 : Math.floor(random() * 3);
    for (let edge = 0; edge < wanted; edge++) {
      const name = datasets[Math.floor(random() * index)]?.name;
      if (name !== undefined) upstreams.set(name, { name, by: random() < 0.4 ? 'nightly' : 'day' });
    }
    datasets.push({ name: `set_${String(index).padStart(2, '0')}`, upstreams: [...upstreams.values()] });
  }
  const late = new Map<string, number>();
  const mishaps = new Map<string, Mishap>();
  for (const { name } of datasets) {
    for (let day = 0; day < days; day++) {
      // The first night is quiet, so that each has a first snapshot.
      const chance = day === 0 ? 1 : random();
      if (chance < 0.04) late.set(`${name} ${day}`, 1 + Math.floor(random() * 3));
      const other = day === 0 ? 1 : random();
      mishaps.set(`${name} ${day}`, other < 0.03 ? 'fails' : other < 0.07 ? 'flickers' : 'fine');
    }
  }
  return {
    datasets,
    late: (name, day) => late.get(`${name} ${day}`) ?? 0,
    mishap: (name, night) => mishaps.get(`${name} ${night}`) ?? 'fine',
  };
}

const firstDay = Date.UTC(2026, 10, 1);
const dayMilliseconds = 86_400_000;

/** `20261101` of day 0. */
export function snapshotOfDay(day: number): string {
  return new Date(firstDay + day * dayMilliseconds).toISOString().slice(0, 10).replaceAll('-', '');
}

/** At three in the morning after a day. */
export function nightAfter(day: number): Date {
  return new Date(firstDay + (day + 1) * dayMilliseconds + 3 * 3_600_000);
}

/** What a data set's own source says of a day. */
export function ownRows(name: string, day: number): readonly string[] {
  return [`${name} ${day} a`, `${name} ${day} b`];
}

/** What every run of a simulated project goes by. */
export function configBelow(directory: string): Promise<ResolvedConfig> {
  const flags = { datasets: ['datasets'], registry: 'registry', cacheDirectory: 'cache' };
  return loadConfig({ cwd: directory, env: {}, flags: { ...flags, runner: 'inline', formats: ['tfrecord'] } });
}

/** The world as a project on disk. */
export class SimulatedProject {
  readonly directory: string;
  readonly #world: World;

  private constructor(directory: string, world: World) {
    this.directory = directory;
    this.#world = world;
  }

  static async create(world: World): Promise<SimulatedProject> {
    const project = new SimulatedProject(await mkdtemp(join(tmpdir(), 'ailab-nights-')), world);
    await project.#write('package.json', '{ "type": "module" }');
    for (const dataset of world.datasets)
      await project.#write(`datasets/${dataset.name}/builder.ts`, builderOf(dataset));
    return project;
  }

  /** Puts the sources into their places that are there on a night, and says what builds are to meet. */
  async prepare(night: number): Promise<void> {
    for (const { name } of this.#world.datasets) {
      for (let day = 0; day <= night; day++) {
        if (day + this.#world.late(name, day) !== night) continue;
        await this.#write(`datasets/${name}/days/${snapshotOfDay(day)}.txt`, `${ownRows(name, day).join('\n')}\n`);
      }
      await this.#write(`datasets/${name}/mishap`, this.#world.mishap(name, night));
    }
  }

  config(): Promise<ResolvedConfig> {
    return configBelow(this.directory);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  async #write(path: string, text: string): Promise<void> {
    await mkdir(join(this.directory, path, '..'), { recursive: true });
    await writeFile(join(this.directory, path), text);
  }
}

/** Its examples are the rows of its own source and all that it is made from: what is missing, or of another day, shows. */
function builderOf({ name, upstreams }: SimulatedDataset): string {
  const reads = upstreams.map((edge) =>
    edge.by === 'day'
      ? `p.read(published('${edge.name}/' + this.snapshot.name))`
      : `p.read(published('${edge.name}@nightly'))`,
  );
  return `import { readFileSync, writeFileSync } from 'node:fs';
import { DatasetBuilder, features, published, text, textLines } from '${library}';

// By a name that is computed, so that it is no part of the code.
const mishapFile = new URL(['.', 'mishap'].join('/'), import.meta.url);

function meetMishap(line: string): string {
  const mishap = readFileSync(mishapFile, 'utf8');
  if (mishap === 'fails') throw new RangeError('a mistake');
  if (mishap === 'flickers') {
    writeFileSync(mishapFile, 'fine');
    throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  }
  return line;
}

export class Simulated extends DatasetBuilder<any> {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly snapshots = 'daily';
  override info(): any {
    return { description: 'Rows.', features: features({ row: text() }) };
  }
  override splits(p: any): any {
    const own = p.read(textLines('days/' + this.snapshot.name + '.txt')).map(meetMishap);
    const others = [${reads.join(', ')}].map((part: any) => part.map((example: any) => example.row));
    const rows = others.length === 0 ? own : own.merge(...others).distinct();
    return { train: rows.map((row: string) => ({ row })).keyBy((example: any) => example.row) };
  }
}
`;
}
