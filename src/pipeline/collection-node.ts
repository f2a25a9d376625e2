import { DatasetsError } from '../core/errors/index.js';
import type { Combiner, JoinOptions, Key, Keyed, Resource, StepOptions } from './collection.js';
import type { GraphNode } from './graph.js';
import type { GraphDraft } from './graph-draft.js';
import type { Operation, SideInputForm, UserFunction } from './operation.js';
import { PipelineSideInput } from './side-input.js';

/** A function of any type: its types were checked against the interfaces that authors see. */
type AnyFunction = (...args: never[]) => unknown;

/** What the collections of one pipeline share. */
export interface PipelineState {
  readonly draft: GraphDraft;
  readonly sideInputs: PipelineSideInput[];
}

/**
 * A collection while the graph is made: every method adds a node. One class stands behind both `Collection` and `Keyed`; what needs keys checks
 * that it has them, for authors without a compiler.
 */
export class CollectionNode implements Keyed<Key, never> {
  readonly #state: PipelineState;
  readonly #node: GraphNode;

  constructor(state: PipelineState, node: GraphNode) {
    this.#state = state;
    this.#node = node;
  }

  /** The node, if `value` is a collection of the pipeline that `state` belongs to. */
  static nodeOf(state: PipelineState, value: unknown): GraphNode | undefined {
    return value instanceof CollectionNode && value.#state === state ? value.#node : undefined;
  }

  map(fn: AnyFunction, options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'map', fn: this.#fn('map', fn) }, false, options);
  }

  filter(fn: AnyFunction, options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'filter', fn: this.#fn('filter', fn) }, this.#node.keyed, options);
  }

  flatMap(fn: AnyFunction, options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'flatMap', fn: this.#fn('flatMap', fn) }, false, options);
  }

  mapBatches(size: number, fn: AnyFunction, options?: StepOptions): CollectionNode {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw this.#invalid(
        `mapBatches needs a size of at least 1, got ${String(size)}`,
        'Give the largest number of elements for one call.',
      );
    }
    return this.#step({ kind: 'mapBatches', size, fn: this.#fn('mapBatches', fn) }, false, options);
  }

  withResource<R>(resource: Resource<R>, fn: AnyFunction, options?: StepOptions): CollectionNode {
    this.#fn('withResource', resource?.setup);
    if (resource.teardown !== undefined) this.#fn('withResource', resource.teardown);
    const operation = {
      kind: 'withResource',
      resource: resource as Resource<unknown>,
      fn: this.#fn('withResource', fn),
    } as const;
    return this.#step(operation, false, options);
  }

  keyBy(fn: AnyFunction, options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'keyBy', fn: this.#fn('keyBy', fn) }, true, options);
  }

  keys(): CollectionNode {
    this.#needKeys('keys');
    return this.#step({ kind: 'keys' }, false);
  }

  values(): CollectionNode {
    this.#needKeys('values');
    return this.#step({ kind: 'values' }, false);
  }

  mapValues(fn: AnyFunction, options?: StepOptions): CollectionNode {
    this.#needKeys('mapValues');
    return this.#step({ kind: 'mapValues', fn: this.#fn('mapValues', fn) }, true, options);
  }

  merge(...others: readonly unknown[]): CollectionNode {
    const nodes = others.map((other) => this.#own('merge', other));
    if (this.#node.keyed && nodes.some((node) => !node.keyed)) {
      throw this.#invalid(
        'merge joins a keyed collection with one that has no keys',
        'Call keyBy on the other collection first.',
      );
    }
    return this.#step({ kind: 'merge' }, this.#node.keyed, undefined, nodes);
  }

  distinct(options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'distinct' }, false, options);
  }

  reshuffle(options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'reshuffle' }, this.#node.keyed, options);
  }

  fanOut(options?: StepOptions): CollectionNode {
    return this.#step({ kind: 'fanOut' }, this.#node.keyed, options);
  }

  groupByKey(options?: StepOptions): CollectionNode {
    this.#needKeys('groupByKey');
    return this.#step({ kind: 'groupByKey' }, true, options);
  }

  combinePerKey<V, A, O>(combiner: Combiner<V, A, O>, options?: StepOptions): CollectionNode {
    this.#needKeys('combinePerKey');
    for (const method of ['create', 'add', 'merge', 'extract'] as const)
      this.#fn(`combinePerKey's ${method}`, combiner?.[method]);
    const erased = combiner as unknown as Combiner<unknown, unknown, unknown>;
    return this.#step({ kind: 'combinePerKey', combiner: erased }, true, options);
  }

  coGroupByKey(other: unknown, options?: StepOptions): CollectionNode {
    this.#needKeys('coGroupByKey');
    return this.#step({ kind: 'coGroupByKey' }, true, options, [this.#ownKeyed('coGroupByKey', other)]);
  }

  join(other: unknown, options: JoinOptions & StepOptions = {}): CollectionNode {
    this.#needKeys('join');
    const { maxUnmatched, rightUnmatched = 'ignore' } = options;
    if (maxUnmatched !== undefined && !(maxUnmatched >= 0)) {
      throw this.#invalid(
        `join's maxUnmatched must be at least 0, got ${String(maxUnmatched)}`,
        'Leave it out to allow any number.',
      );
    }
    return this.#step({ kind: 'join', maxUnmatched, rightUnmatched }, true, options, [this.#ownKeyed('join', other)]);
  }

  splitBy<const S extends Record<string, number>>(
    fn: AnyFunction,
    fractions: S,
  ): { readonly [N in keyof S]: CollectionNode } {
    this.#needKeys('splitBy');
    const names = Object.keys(fractions);
    const values = Object.values(fractions);
    const sum = values.reduce((total, fraction) => total + fraction, 0);
    if (names.length === 0 || values.some((fraction) => !(fraction >= 0)) || Math.abs(sum - 1) > 1e-9) {
      throw this.#invalid(
        `splitBy's fractions must be at least 0 and sum to 1, got ${names.map((name, i) => `${name}: ${values[i]}`).join(', ')} (sum ${sum})`,
        'For example { train: 0.8, validation: 0.1, test: 0.1 }.',
      );
    }
    const parent = this.#add({ kind: 'splitBy', fn: this.#fn('splitBy', fn), fractions: values }, true, undefined, [
      this.#node,
    ]);
    const parts = names.map((name, index) => {
      const part = this.#add({ kind: 'splitPart', index }, true, `${parent.name}/${name}`, [parent]);
      return [name, new CollectionNode(this.#state, part)] as const;
    });
    return Object.fromEntries(parts) as { readonly [N in keyof S]: CollectionNode };
  }

  asList(): PipelineSideInput {
    return this.#sideInput('list');
  }

  asSingleton(): PipelineSideInput {
    return this.#sideInput('singleton');
  }

  asMap(): PipelineSideInput {
    this.#needKeys('asMap');
    return this.#sideInput('map');
  }

  #sideInput(form: SideInputForm): PipelineSideInput {
    const node = this.#add({ kind: 'sideInput', form }, this.#node.keyed, undefined, [this.#node]);
    const sideInput = new PipelineSideInput(node.name, node.id, form);
    this.#state.sideInputs.push(sideInput);
    return sideInput;
  }

  #step(
    operation: Operation,
    keyed: boolean,
    options?: StepOptions,
    others: readonly GraphNode[] = [],
  ): CollectionNode {
    return new CollectionNode(this.#state, this.#add(operation, keyed, options?.name, [this.#node, ...others]));
  }

  #add(operation: Operation, keyed: boolean, name: string | undefined, inputs: readonly GraphNode[]): GraphNode {
    return this.#state.draft.add(
      operation,
      inputs.map((input) => input.id),
      keyed,
      name,
    );
  }

  #fn(method: string, fn: unknown): UserFunction {
    if (typeof fn === 'function') return fn as UserFunction;
    throw this.#invalid(
      `${method} needs a function, got ${fn === null ? 'null' : typeof fn}`,
      'Pass the function itself, not its result.',
    );
  }

  #needKeys(method: string): void {
    if (!this.#node.keyed) {
      throw this.#invalid(`${method} needs keys, which ${this.#node.name} does not have`, 'Call keyBy first.');
    }
  }

  #own(method: string, other: unknown): GraphNode {
    const node = CollectionNode.nodeOf(this.#state, other);
    if (node === undefined) {
      throw this.#invalid(
        `${method} is given something that is no collection of this pipeline`,
        'Read all inputs through the same p.',
      );
    }
    return node;
  }

  #ownKeyed(method: string, other: unknown): GraphNode {
    const node = this.#own(method, other);
    if (!node.keyed)
      throw this.#invalid(`${method} needs keys on both sides; ${node.name} has none`, 'Call keyBy on it first.');
    return node;
  }

  #invalid(message: string, hint: string): DatasetsError {
    return new DatasetsError('PIPELINE_INVALID', `after ${this.#node.name}: ${message}`, {
      hint,
      at: { transform: this.#node.name },
    });
  }
}
