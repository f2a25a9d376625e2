import { type Edge, ownRows, type World } from './world.js';

/** Nights that a run looks back, as `rebuild` says of itself. */
const catchUp = 7;

export type ModelStatus = 'published' | 'failed' | 'skipped';

/** What a night has to come to: of each snapshot that was due, by `set_07 12`. */
export type ModelNight = ReadonlyMap<string, ModelStatus>;

/**
 * Says what each night has to publish, and with which rows, by rules of its own: it knows the world, and nothing of the product.
 */
export class Model {
  readonly #world: World;
  /** Rows of what is published, by data set and day. */
  readonly #published = new Map<string, Map<number, ReadonlySet<string>>>();

  constructor(world: World) {
    this.#world = world;
    for (const { name } of world.datasets) this.#published.set(name, new Map());
  }

  /** Rows by day. */
  published(name: string): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#published.get(name) ?? new Map();
  }

  /** What a run on this night does with what it finds. */
  run(night: number): ModelNight {
    const outcome = new Map<string, ModelStatus>();
    for (const { name, upstreams } of this.#world.datasets) {
      for (const day of this.#due(name, night)) {
        const status = this.#statusOf(name, day, night, upstreams, outcome);
        outcome.set(`${name} ${day}`, status);
        if (status !== 'published') continue;
        const rows = new Set([...ownRows(name, day), ...upstreams.flatMap((edge) => [...this.#read(edge, day)])]);
        this.#published.get(name)?.set(day, rows);
      }
    }
    return outcome;
  }

  #due(name: string, night: number): readonly number[] {
    const there = this.published(name);
    const first = there.size === 0 ? night : Math.max(Math.min(...there.keys()), night - catchUp + 1);
    return Array.from({ length: night - first + 1 }, (_, index) => first + index).filter((day) => !there.has(day));
  }

  #statusOf(
    name: string,
    day: number,
    night: number,
    upstreams: readonly Edge[],
    outcome: ReadonlyMap<string, ModelStatus>,
  ): ModelStatus {
    const isBad = (edge: Edge): boolean =>
      [...outcome].some(([key, status]) => {
        const [upstream, of] = key.split(' ');
        return status !== 'published' && upstream === edge.name && (edge.by === 'nightly' || Number(of) === day);
      });
    if (upstreams.some(isBad)) return 'skipped';
    if (upstreams.some((edge) => edge.by === 'day' && !this.published(edge.name).has(day))) return 'failed';
    if (day + this.#world.late(name, day) > night) return 'failed';
    return this.#world.mishap(name, night) === 'fails' ? 'failed' : 'published';
  }

  #read({ name, by }: Edge, day: number): ReadonlySet<string> {
    const there = this.published(name);
    return there.get(by === 'day' ? day : Math.max(...there.keys())) ?? new Set();
  }
}
