import { type BuildTarget, findDefinition } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { parseReference } from '../../core/names/index.js';
import type { DeclaredSources } from '../../provenance/index.js';
import { inParallel } from '../../storage/index.js';
import { type Candidate, candidatesOf, referencesOfUpstream, unreadable } from './candidates.js';
import { declare, type Place } from './look-at.js';
import type { Selected } from './select.js';
import { upstreamSteps } from './upstream-steps.js';

/** A candidate with what its builder says that it is made from, or why nobody can say it. */
export interface Explored {
  readonly candidate: Candidate;
  readonly declared: DeclaredSources | undefined;
  readonly error: unknown;
}

/** Builders run their `splits()`, which may ask a service: a few at once. */
const atOnce = 4;

/**
 * Walks up from some data sets to all that they are made from, as far as this project can build it.
 *
 * @param selected references as `findTarget` takes them
 * @param datasets names of all that the project can build
 * @returns by reference; what is wrong with one is said of it
 */
export async function explore(
  { references, unreadable: known }: Pick<Selected, 'references' | 'unreadable'>,
  datasets: ReadonlySet<string>,
  place: Place,
): Promise<{ readonly explored: ReadonlyMap<string, Explored>; readonly warnings: readonly string[] }> {
  const explored = new Map<string, Explored>();
  const warnings = new Set<string>();
  const addUnreadable = (dataset: string, error: unknown): void => {
    explored.set(dataset, { candidate: unreadable(dataset), declared: undefined, error });
  };
  for (const [dataset, error] of known) addUnreadable(dataset, error);
  const asked = new Set<string>();
  let waiting = references;
  while (waiting.length > 0) {
    const fresh: Candidate[] = [];
    for (const reference of waiting) {
      try {
        const found = await place.again(() => candidatesOf(reference, place));
        for (const warning of found.warnings) warnings.add(warning);
        fresh.push(...found.candidates.filter((candidate) => !explored.has(candidate.reference)));
      } catch (error) {
        addUnreadable(parseReference(reference).name, error);
      }
    }
    await inParallel(fresh, atOnce, async (candidate) => {
      const { reference, target } = candidate;
      if (target !== undefined) explored.set(reference, await exploreOne(candidate, target, place));
    });
    const upstreams = new Set(fresh.flatMap(({ reference }) => explored.get(reference)?.declared?.upstreams ?? []));
    for (const upstream of asked) upstreams.delete(upstream);
    for (const upstream of upstreams) asked.add(upstream);
    waiting = await buildable([...upstreams], datasets, place.config, addUnreadable);
  }
  return { explored, warnings: [...warnings] };
}

async function exploreOne(candidate: Candidate, target: BuildTarget, place: Place): Promise<Explored> {
  try {
    return { candidate, declared: await declare(target, place), error: undefined };
  } catch (error) {
    return { candidate, declared: undefined, error };
  }
}

/** Those of other projects are published by these. */
async function buildable(
  upstreams: readonly string[],
  datasets: ReadonlySet<string>,
  config: ResolvedConfig,
  onUnreadable: (dataset: string, error: unknown) => void,
): Promise<readonly string[]> {
  const own = upstreams.filter((upstream) => datasets.has(parseReference(upstream).name));
  const references = await Promise.all(
    own.map(async (upstream) => {
      const { name } = parseReference(upstream);
      try {
        return referencesOfUpstream(upstream, await findDefinition(name, config));
      } catch (error) {
        onUnreadable(name, error);
        return [];
      }
    }),
  );
  return [...new Set(references.flat())];
}

/** What each candidate is made from among the others, by reference. */
export function edgesOf(explored: ReadonlyMap<string, Explored>): ReadonlyMap<string, readonly string[]> {
  const candidates = [...explored.values()].map(({ candidate }) => candidate);
  return new Map(
    [...explored.values()].map(({ candidate, declared }) => {
      const upstreams = (declared?.upstreams ?? []).flatMap((name) => upstreamSteps(name, candidate, candidates));
      return [candidate.reference, [...new Set(upstreams)].sort()];
    }),
  );
}

/** What can be reached from some: by what they are made from (`up`), or by what is made from them (`down`), themselves included. */
export function closure(
  from: Iterable<string>,
  edges: ReadonlyMap<string, readonly string[]>,
  direction: 'up' | 'down',
): ReadonlySet<string> {
  const reached = new Set(from);
  const next = (name: string): readonly string[] =>
    direction === 'up'
      ? (edges.get(name) ?? [])
      : [...edges].flatMap(([other, upstreams]) => (upstreams.includes(name) ? [other] : []));
  const waiting = [...reached];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const other of next(name)) {
      if (reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  return reached;
}
