import { createHash } from 'node:crypto';
import type { Graph, Plan } from '../../pipeline/index.js';
import type { Source, SourceContext, SourceState } from '../../sources/index.js';
import type { Journal } from './journal.js';

/** What is known of a source: `id` names the state that units were made from. */
interface KnownSource {
  readonly stamp: string;
  readonly id: string;
  /** Digest of the state, once it is known: it tells that files with other times are the same files. */
  readonly state?: string;
}

export function digestOfStates(states: readonly SourceState[]): string {
  return createHash('sha256').update(JSON.stringify(states)).digest('hex');
}

/** Names for the states of a build's sources, by node, which stay the same for as long as the sources do. */
export class SourceStates {
  readonly ids: ReadonlyMap<number, string>;
  readonly #journal: Journal;
  readonly #known: Map<number, KnownSource>;

  private constructor(journal: Journal, known: Map<number, KnownSource>, ids: ReadonlyMap<number, string>) {
    this.#journal = journal;
    this.#known = known;
    this.ids = ids;
  }

  /** Looks at every source that the plan reads, before any of it is read. */
  static async look(graph: Graph, plan: Plan, context: SourceContext, journal: Journal): Promise<SourceStates> {
    const recorded = (journal.readSources() ?? {}) as unknown as Readonly<Record<string, KnownSource>>;
    const known = new Map<number, KnownSource>();
    const ids = new Map<number, string>();
    for (const { root } of plan.stages) {
      const operation = graph.operations[root.node];
      if (root.kind !== 'source' || operation?.kind !== 'read') continue;
      const { source } = operation;
      if (source.stamp === undefined) {
        ids.set(root.node, digestOfStates(await source.state(context)));
        continue;
      }
      const found = await compare(source, await source.stamp(context), recorded[root.node], context);
      known.set(root.node, found);
      ids.set(root.node, found.id);
    }
    const states = new SourceStates(journal, known, ids);
    states.#write();
    return states;
  }

  /** Takes note of a source's state, if it is the state that was there at the beginning. */
  async record(
    node: number,
    source: Source<unknown>,
    states: readonly SourceState[],
    context: SourceContext,
  ): Promise<void> {
    const known = this.#known.get(node);
    if (known === undefined || (await source.stamp?.(context)) !== known.stamp) return;
    this.#known.set(node, { ...known, state: digestOfStates(states) });
    this.#write();
  }

  #write(): void {
    this.#journal.writeSources(Object.fromEntries(this.#known));
  }
}

async function compare(
  source: Source<unknown>,
  stamp: string,
  recorded: KnownSource | undefined,
  context: SourceContext,
): Promise<KnownSource> {
  if (recorded?.stamp === stamp) return recorded;
  if (recorded?.state !== undefined && digestOfStates(await source.state(context)) === recorded.state) {
    return { ...recorded, stamp };
  }
  return { stamp, id: stamp };
}
