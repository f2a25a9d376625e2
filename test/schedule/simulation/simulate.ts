import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { load } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { parseAliasName, parseDatasetName } from '../../../src/core/names/index.js';
import { openRegistry, readAlias, readAudit } from '../../../src/registry/index.js';
import { rebuild } from '../../../src/schedule/index.js';
import { seededRandom } from '../../campaigns/kill/random.js';
import { Model, type ModelNight } from './model.js';
import { makeWorld, nightAfter, SimulatedProject, snapshotOfDay, type World } from './world.js';

/**
 * What happens to the scheduler on a night: nothing; it does not run; it is told to stop at some event; it is killed at some event (SIGKILL); there are two. After a stop or a death it runs
 * once more.
 */
export type NightKind = 'plain' | 'missed' | 'stopped' | 'killed' | 'double';

export interface SimulationOptions {
  readonly datasets: number;
  /** A kind for each night; the first is always plain. */
  readonly nights: readonly NightKind[];
  readonly seed: number;
  readonly onNight?: (night: SimulatedNight) => void;
}

export interface SimulatedNight {
  readonly night: number;
  readonly kind: NightKind;
  /** Of snapshots that were due, what the model says. */
  readonly published: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What was not as the model says; none is expected. */
  readonly faults: readonly string[];
}

export interface Simulation {
  readonly nights: readonly SimulatedNight[];
  /** Versions in the registry at the end. */
  readonly published: number;
}

/** `set_07/20261104:1.0.0` and what became of it. */
type Outcomes = ReadonlyMap<string, string>;

/** Runs night after night, and compares each with the model. */
export async function simulate({ datasets, nights, seed, onNight }: SimulationOptions): Promise<Simulation> {
  const random = seededRandom(seed);
  const world = makeWorld(datasets, nights.length, random);
  const project = await SimulatedProject.create(world);
  try {
    const config = await project.config();
    const model = new Model(world);
    const checked = new Set<string>();
    const done: SimulatedNight[] = [];
    for (const [night, kind] of nights.entries()) {
      const begun = performance.now();
      await project.prepare(night);
      const expected = kind === 'missed' ? new Map() : model.run(night);
      const faults: string[] = [];
      if (kind !== 'missed') {
        const outcomes = await runNight(kind, night, datasets, config, random);
        faults.push(
          ...compareOutcomes(expected, outcomes),
          ...(await checkRegistry(world, model, config, checked, kind === 'killed')),
        );
      }
      const count = (status: string) => [...expected.values()].filter((found) => found === status).length;
      const seconds = (performance.now() - begun) / 1000;
      const counts = { published: count('published'), failed: count('failed'), skipped: count('skipped') };
      done.push({ night, kind, ...counts, seconds, faults });
      onNight?.({ night, kind, ...counts, seconds, faults });
    }
    return { nights: done, published: checked.size };
  } finally {
    await project.remove();
  }
}

/** @returns what the last runs of the night say: where there were two, both. */
async function runNight(
  kind: NightKind,
  night: number,
  datasets: number,
  config: ResolvedConfig,
  random: () => number,
): Promise<readonly Outcomes[]> {
  // A build has some ten events: somewhere within the night, or after it.
  const at = 1 + Math.floor(random() * datasets * 10);
  if (kind === 'stopped') await runHere(night, config, at);
  if (kind === 'killed') await runElsewhere(night, config, at);
  if (kind === 'double') return Promise.all([runHere(night, config), runElsewhere(night, config)]);
  return [await runHere(night, config)];
}

/** @param stopAt the event at which it is told to stop */
async function runHere(night: number, config: ResolvedConfig, stopAt?: number): Promise<Outcomes> {
  const stopping = new AbortController();
  let events = 0;
  const report = await rebuild({
    all: true,
    config,
    now: nightAfter(night),
    parallel: 2,
    retry: { firstPauseSeconds: 0 },
    signal: stopping.signal,
    onEvent: () => {
      events++;
      if (events === stopAt) stopping.abort();
    },
  });
  return new Map(report.outcomes.map(({ step, status }) => [step.reference, status]));
}

const program = fileURLToPath(new URL('./night-process.js', import.meta.url));

/** @param killAt the event at which it is killed */
function runElsewhere(night: number, config: ResolvedConfig, killAt?: number): Promise<Outcomes> {
  const child = fork(program, [config.projectDirectory, nightAfter(night).toISOString()], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let events = 0;
  let outcomes: Outcomes = new Map();
  child.on(
    'message',
    (message: { readonly type: string; readonly outcomes?: readonly (readonly [string, string])[] }) => {
      events++;
      if (message.outcomes !== undefined) outcomes = new Map(message.outcomes);
      if (events === killAt) child.kill('SIGKILL');
    },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(outcomes));
  });
}

/** The last runs must have done, or found done, what the model publishes, and report what it does not. */
function compareOutcomes(expected: ModelNight, runs: readonly Outcomes[]): readonly string[] {
  const faults: string[] = [];
  const named = new Map([...expected].map(([key, status]) => [referenceOf(key), status]));
  for (const outcomes of runs) {
    for (const [reference, status] of named) {
      const found = outcomes.get(reference);
      // What the run before a stop has published is no step any more, or has nothing to be done.
      const isRight = status === 'published' ? found === undefined || there.has(found) : found === status;
      if (!isRight) faults.push(`${reference} is ${found ?? 'in no report'}, and should be ${status}`);
    }
    for (const [reference, status] of outcomes) {
      const isNew = status !== 'nothing' && status !== 'unchanged';
      if (isNew && !named.has(reference)) faults.push(`${reference} is ${status}, and was not due`);
    }
  }
  return faults;
}

const there: ReadonlySet<string> = new Set(['published', 'elsewhere', 'nothing', 'unchanged']);

function referenceOf(key: string): string {
  const [name = '', day = ''] = key.split(' ');
  return `${name}/${snapshotOfDay(Number(day))}:1.0.0`;
}

/** Each version of the model is there, was published once, and has its rows; nothing else is; `nightly` is where it is to be. */
async function checkRegistry(
  world: World,
  model: Model,
  config: ResolvedConfig,
  checked: Set<string>,
  mayLackAudit: boolean,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const registry = openRegistry(config.registry);
  const published = await publications(config);
  for (const { name } of world.datasets) {
    const days = model.published(name);
    for (const [day, rows] of days) {
      const reference = referenceOf(`${name} ${day}`);
      const times = published.get(reference) ?? 0;
      published.delete(reference);
      // Whoever was killed may have died between the publication and its line in the audit.
      if (times > 1 || (times === 0 && !mayLackAudit && !checked.has(reference))) {
        faults.push(`${reference} was published ${times} times`);
      }
      if (checked.has(reference)) continue;
      checked.add(reference);
      const found = await rowsOf(reference, config);
      if (found !== [...rows].sort().join('\n')) faults.push(`${reference} has other rows than it should: ${found}`);
    }
    const alias = await readAlias(registry, parseDatasetName(name), parseAliasName('nightly'));
    const newest = days.size === 0 ? undefined : snapshotOfDay(Math.max(...days.keys()));
    if (alias?.target?.config !== newest)
      faults.push(`${name}@nightly is ${alias?.target?.config}, and should be ${newest}`);
  }
  return [...faults, ...[...published.keys()].map((reference) => `${reference} was published, and should not be`)];
}

/** How often each version was published, by the audit. */
async function publications(config: ResolvedConfig): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for await (const { action, subject } of readAudit(openRegistry(config.registry))) {
    // A publication that died half-way, and was brought to its end by another process, counts as one.
    if (action !== 'publish' && action !== 'complete-publish') continue;
    const reference = `${subject.name}/${subject.config}:${subject.version}`;
    times.set(reference, (times.get(reference) ?? 0) + 1);
  }
  return times;
}

async function rowsOf(reference: string, config: ResolvedConfig): Promise<string> {
  const rows: string[] = [];
  try {
    for await (const example of await load(reference, { config, build: 'never' })) {
      if (typeof example === 'object' && example !== null && 'row' in example) rows.push(String(example.row));
    }
  } catch (error) {
    if (error instanceof DatasetsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return rows.sort().join('\n');
}
