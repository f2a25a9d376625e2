import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BuildResult } from '../../../src/build/index.js';
import { parseReference } from '../../../src/core/names/index.js';
import { openRegistry } from '../../../src/registry/index.js';
import { digestsBelow } from '../../build/team-project.js';
import { runBuild, type TimedEvent } from './killed-build.js';
import { begins, type Phase, phaseAtKill, phaseMilliseconds, phases } from './phases.js';
import { seededRandom } from './random.js';

export const datasets = ['flights', 'digits', 'routes', 'generated', 'dealt'] as const;
type Dataset = (typeof datasets)[number];

export interface CampaignOptions {
  readonly kills: number;
  readonly seed: number;
  /** Default: all. */
  readonly datasets?: readonly Dataset[];
  readonly onKill?: (kill: Kill) => void;
}

/** One build that was killed, and what became of it. */
export interface Kill {
  readonly dataset: Dataset;
  readonly phase: Phase;
  readonly workers: number;
  readonly resumedWith: number;
  /** The kill came when all was published, or recovery published it: no unit was left to do. */
  readonly isPublished: boolean;
  readonly units: BuildResult['units'];
  /** What is wrong; none of these may ever be there. */
  readonly faults: readonly string[];
}

export interface CampaignReport {
  readonly kills: readonly Kill[];
  /** Builds that had ended before the kill came; others were killed in their place. */
  readonly tooLate: number;
  readonly seconds: number;
}

/** A build that was left alone. */
interface Undisturbed {
  readonly digests: Readonly<Record<string, string>>;
  readonly result: BuildResult;
  readonly events: readonly TimedEvent[];
}

/** Kills builds at seeded instants of all phases, and builds each again with another number of workers. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'ailab-kills-'));
  try {
    const campaign = new Campaign(folder, options);
    await campaign.run();
    const { kills, tooLate } = campaign;
    return { kills, tooLate, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a phase's time. Rows are spilt when a buffer is full or a unit ends, which takes a while. */
function shareOf(phase: Phase, random: number): number {
  if (phase === 'reading') return random * 0.5;
  return phase === 'spilling' ? 0.5 + random * 0.5 : random;
}

class Campaign {
  readonly kills: Kill[] = [];
  tooLate = 0;
  readonly #folder: string;
  readonly #options: CampaignOptions;
  readonly #random: () => number;
  readonly #undisturbed = new Map<Dataset, Undisturbed>();
  #serial = 0;

  constructor(folder: string, options: CampaignOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  async run(): Promise<void> {
    for (const dataset of this.#options.datasets ?? datasets) await this.#leaveAlone(dataset);
    while (this.kills.length < this.#options.kills) {
      const kill = await this.#killOne(phases[this.kills.length % phases.length] as Phase);
      if (kill === undefined) this.tooLate++;
      else {
        this.kills.push(kill);
        this.#options.onKill?.(kill);
      }
    }
  }

  async #leaveAlone(dataset: Dataset): Promise<void> {
    const registry = await this.#newRegistry();
    const { result, events } = await runBuild({ dataset, registry, workers: 2 });
    if (result === undefined) throw new TypeError(`the build of ${dataset} gave no result`);
    this.#undisturbed.set(dataset, { digests: await digestsBelow(result.directory), result, events });
  }

  async #killOne(wanted: Phase): Promise<Kill | undefined> {
    const { dataset, milliseconds } = this.#choose(wanted);
    const registry = await this.#newRegistry();
    const workers = 1 + Math.floor(this.#random() * 3);
    const kill = {
      after: (event: TimedEvent['event']) => begins(wanted, event),
      milliseconds: shareOf(wanted, this.#random()) * milliseconds,
    };
    const { events, isKilled } = await runBuild({ dataset, registry, workers }, kill);
    if (!isKilled) return undefined;
    const found = await openRegistry(registry).find(parseReference(dataset));
    const phase = found === undefined ? phaseAtKill(events, registry) : 'publishing';
    if (phase === undefined) return undefined;
    const faults =
      found === undefined ? [] : await this.#differences(dataset, found.location, 'visible after the kill');
    const resumedWith = 1 + (workers % 3);
    const { result } = await runBuild({ dataset, registry, workers: resumedWith });
    const { result: whole } = this.#of(dataset);
    if (result === undefined) throw new TypeError(`the build of ${dataset} gave no result`);
    faults.push(...(await this.#differences(dataset, result.directory, 'resumed')));
    if (!isDeepStrictEqual(result.counters, whole.counters)) faults.push('the counters differ');
    if (result.units.redone > workers) faults.push(`${result.units.redone} units were redone of ${workers} workers`);
    // Where the kill came between the rename and the end, the staging is left to `doctor --clean`: nobody stages the version again.
    const left = result.status === 'built' ? await readdir(join(registry, '.staging')).catch(() => []) : [];
    if (left.length > 0) faults.push(`${left.join()} was left`);
    await rm(registry, { recursive: true });
    return {
      dataset,
      phase,
      workers,
      resumedWith,
      isPublished: result.status === 'exists',
      units: result.units,
      faults,
    };
  }

  /** A data set that has the phase, and how long it took when nothing disturbed it. */
  #choose(wanted: Phase): { readonly dataset: Dataset; readonly milliseconds: number } {
    const able = [...this.#undisturbed].flatMap(([dataset, { events }]) => {
      const milliseconds = phaseMilliseconds(wanted, events);
      return milliseconds === undefined ? [] : [{ dataset, milliseconds }];
    });
    const chosen = able[Math.floor(this.#random() * able.length)];
    return chosen ?? this.#choose('encoding');
  }

  async #differences(dataset: Dataset, directory: string, when: string): Promise<string[]> {
    const { digests } = this.#of(dataset);
    const found = await digestsBelow(directory);
    const names = new Set([...Object.keys(digests), ...Object.keys(found)]);
    return [...names].filter((name) => digests[name] !== found[name]).map((name) => `${when}: ${name} differs`);
  }

  #of(dataset: Dataset): Undisturbed {
    const known = this.#undisturbed.get(dataset);
    if (known === undefined) throw new TypeError(`${dataset} was not built`);
    return known;
  }

  async #newRegistry(): Promise<string> {
    const registry = join(this.#folder, `registry-${this.#serial++}`);
    await mkdir(registry);
    return registry;
  }
}
