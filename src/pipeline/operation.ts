import type { Source } from '../sources/index.js';
import type { Combiner, Resource } from './collection.js';

/** An author's function, its types erased: the types were checked where the pipeline was written. */
export type UserFunction = (...args: readonly unknown[]) => unknown;

/** What a node does. Unlike a node it holds the author's functions, so it never leaves the process. */
export type Operation =
  | { readonly kind: 'read'; readonly source: Source<unknown> }
  | { readonly kind: 'generate'; readonly fn: UserFunction }
  /** `encoded` holds the canonical encodings of all elements, one after the other. */
  | { readonly kind: 'create'; readonly encoded: Uint8Array }
  | { readonly kind: 'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues'; readonly fn: UserFunction }
  | { readonly kind: 'mapBatches'; readonly size: number; readonly fn: UserFunction }
  | { readonly kind: 'withResource'; readonly resource: Resource<unknown>; readonly fn: UserFunction }
  | { readonly kind: 'keys' | 'values' | 'merge' | 'distinct' | 'reshuffle' | 'fanOut' | 'groupByKey' | 'coGroupByKey' }
  | { readonly kind: 'combinePerKey'; readonly combiner: Combiner<unknown, unknown, unknown> }
  | { readonly kind: 'join'; readonly maxUnmatched: number | undefined; readonly rightUnmatched: 'ignore' | 'count' }
  | { readonly kind: 'splitBy'; readonly fn: UserFunction; readonly fractions: readonly number[] }
  /** One of the parts of a splitBy, its only input. */
  | { readonly kind: 'splitPart'; readonly index: number }
  | { readonly kind: 'sideInput'; readonly form: SideInputForm };

export type OperationKind = Operation['kind'];
export type OperationOf<K extends OperationKind> = Extract<Operation, { readonly kind: K }>;
export type SideInputForm = 'list' | 'map' | 'singleton';

/** Operations that gather elements by key from all workers: a stage ends before each of them. */
export const shuffleKinds = ['groupByKey', 'combinePerKey', 'coGroupByKey', 'join', 'distinct', 'reshuffle'] as const;
export type ShuffleKind = (typeof shuffleKinds)[number];

export function isShuffle(kind: OperationKind): kind is ShuffleKind {
  return (shuffleKinds as readonly OperationKind[]).includes(kind);
}

export function isSource(kind: OperationKind): kind is 'read' | 'generate' | 'create' {
  return kind === 'read' || kind === 'generate' || kind === 'create';
}

/** Operations that call the author's functions, and so may read side inputs. */
export const functionKinds: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'generate',
  'map',
  'filter',
  'flatMap',
  'keyBy',
  'mapValues',
  'mapBatches',
  'withResource',
  'combinePerKey',
  'splitBy',
]);

/** Every function of the author in an operation, in a fixed order. */
export function functionsOf(operation: Operation): readonly UserFunction[] {
  switch (operation.kind) {
    case 'generate':
    case 'map':
    case 'filter':
    case 'flatMap':
    case 'keyBy':
    case 'mapValues':
    case 'mapBatches':
    case 'splitBy':
      return [operation.fn];
    case 'withResource':
      return definedFunctions(operation.resource.setup, operation.resource.teardown, operation.fn);
    case 'combinePerKey': {
      const { create, add, merge, extract } = operation.combiner;
      return definedFunctions(create, add, merge, extract);
    }
    default:
      return [];
  }
}

function definedFunctions(...functions: readonly (((...args: never[]) => unknown) | undefined)[]): UserFunction[] {
  return functions.filter((fn) => fn !== undefined).map((fn) => fn as UserFunction);
}
