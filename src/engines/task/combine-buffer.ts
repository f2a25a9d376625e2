import type { Combiner, GraphNode } from '../../pipeline/index.js';
import { encodeValue } from '../../values/index.js';
import type { PartitionWriter } from '../shuffle/index.js';
import type { TaskContext } from '../stage/task-context.js';

/** Accumulators are written out when there are this many, so that memory doesn't grow with the number of keys. */
const maxKeys = 1 << 14;

interface Entry {
  readonly key: unknown;
  accumulator: unknown;
}

/**
 * Combines the values of a key before they are shuffled: for combiners that are declared exact, where order and grouping change nothing.
 */
export class CombineBuffer {
  readonly #context: TaskContext;
  readonly #node: GraphNode;
  readonly #combiner: Combiner<unknown, unknown, unknown>;
  readonly #writer: PartitionWriter;
  /** By the key itself if it is text, else by its encoding: 1 and '1', 0 and -0 are different keys of a group. */
  readonly #texts = new Map<string, Entry>();
  readonly #others = new Map<string, Entry>();

  constructor(
    context: TaskContext,
    node: GraphNode,
    combiner: Combiner<unknown, unknown, unknown>,
    writer: PartitionWriter,
  ) {
    this.#context = context;
    this.#node = node;
    this.#combiner = combiner;
    this.#writer = writer;
  }

  add(key: unknown, value: unknown): void {
    const [entries, id] =
      typeof key === 'string' ? [this.#texts, key] : [this.#others, Buffer.from(encodeValue(key)).toString('latin1')];
    let entry = entries.get(id);
    try {
      if (entry === undefined) {
        entry = { key, accumulator: this.#combiner.create() };
        entries.set(id, entry);
      }
      entry.accumulator = this.#combiner.add(entry.accumulator, value);
    } catch (cause) {
      throw this.#context.userError(this.#node, cause, key);
    }
    if (this.#texts.size + this.#others.size >= maxKeys) this.flush();
  }

  flush(): void {
    for (const entries of [this.#texts, this.#others]) {
      for (const { key, accumulator } of entries.values()) {
        try {
          this.#writer.addPair(key, accumulator);
        } catch (cause) {
          throw this.#context.outputError(this.#node, cause, key);
        }
      }
      entries.clear();
    }
  }
}
