import fc from 'fast-check';
import type { ArrowNode, Leaf } from '../../src/features/index.js';
import {
  arbitraryLeafValue,
  everyDType,
  type LeafValue,
  leaf,
  type SampleRow,
  shownValue,
  sortLeaves,
} from './sample-rows.js';

/** Features as they nest: what the leaves and the Arrow nodes are derived from. */
type Tree =
  | { readonly kind: 'values'; readonly leaf: Leaf }
  | { readonly kind: 'media' }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, Tree>> }
  | { readonly kind: 'list'; readonly length: number | null; readonly item: Tree }
  | { readonly kind: 'optional'; readonly item: Tree };

/** A value of a tree: a LeafValue of one item, an array, an object, or null. */
type TreeValue = LeafValue | readonly TreeValue[] | { readonly [name: string]: TreeValue } | null;

export interface TreeSample {
  readonly root: Extract<ArrowNode, { kind: 'struct' }>;
  readonly leaves: readonly Leaf[];
  readonly rows: readonly SampleRow[];
  /** Rows as Python shows the table's columns. */
  readonly shown: Readonly<Record<string, readonly unknown[]>>;
}

const arbitraryTree = fc.letrec<{ tree: Tree }>((tie) => {
  const shapes = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
    // Below sequences only fixed shapes are stored in tf.Examples, but Arrow holds any.
    fc.constantFrom([null], [2, null, 2]),
  );
  const values = fc.tuple(fc.constantFrom(...everyDType), fc.boolean(), shapes).map(
    ([dtype, text, shape]): Tree => ({
      kind: 'values',
      leaf: leaf('', dtype, { shape, text: text && dtype === 'string' }),
    }),
  );
  const media = fc.constant<Tree>({ kind: 'media' });
  const tree = tie('tree');
  const names = fc.constantFrom('a', 'b', 'c');
  const struct = fc
    .dictionary(names, tree, { minKeys: 1, maxKeys: 2, noNullPrototype: true })
    .map((fields): Tree => ({ kind: 'struct', fields }));
  const list = fc
    .tuple(fc.option(fc.integer({ min: 1, max: 2 })), tree)
    .map(([length, item]): Tree => ({ kind: 'list', length, item }));
  // An optional in an optional is refused by features: in Arrow both would be the same null.
  const optional = fc.oneof(values, media, struct, list).map((item): Tree => ({ kind: 'optional', item }));
  return { tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, values, media, struct, list, optional) };
}).tree;

/** Leaves below a tree and its Arrow node, whose leaf numbers count `leaves` in the order of their making. */
function layOut(tree: Tree, key: string, sequences: readonly (number | null)[], leaves: Leaf[]): ArrowNode {
  switch (tree.kind) {
    case 'values':
      leaves.push({ ...tree.leaf, key, sequences });
      return { kind: 'values', leaf: leaves.length - 1 };
    case 'media':
      leaves.push(leaf(key, 'string', { sequences }));
      return { kind: 'media', leaf: leaves.length - 1 };
    case 'struct': {
      const fields = Object.entries(tree.fields).map(([name, field]) => {
        return { name, node: layOut(field, `${key}/${name}`, sequences, leaves) };
      });
      return { kind: 'struct', fields };
    }
    case 'list': {
      const item = layOut(tree.item, key, [...sequences, tree.length], leaves);
      return { kind: 'list', length: tree.length, level: sequences.length, item };
    }
    case 'optional':
      return { kind: 'optional', level: sequences.length, item: layOut(tree.item, key, [...sequences, null], leaves) };
  }
}

function arbitraryTreeValue(tree: Tree): fc.Arbitrary<TreeValue> {
  switch (tree.kind) {
    case 'values':
      return arbitraryLeafValue(tree.leaf).map((value) => value ?? null);
    case 'media':
      return arbitraryLeafValue(leaf('', 'string')).map((value) => value ?? null);
    case 'struct':
      return fc.record(
        Object.fromEntries(Object.entries(tree.fields).map(([name, field]) => [name, arbitraryTreeValue(field)])),
      );
    case 'list': {
      const bounds = tree.length === null ? { maxLength: 3 } : { minLength: tree.length, maxLength: tree.length };
      return fc.array(arbitraryTreeValue(tree.item), bounds);
    }
    case 'optional':
      return fc.option(arbitraryTreeValue(tree.item));
  }
}

interface GrowingValue {
  readonly lengths: number[][];
  readonly counts: number[];
  readonly values: LeafValue['values'][number][];
}

/** Appends a value to the leaves below its tree; returns the number of leaves below it. */
function store(tree: Tree, value: TreeValue, level: number, first: number, into: readonly GrowingValue[]): number {
  const pushLength = (length: number): void => {
    for (let i = first; i < first + leafCount(tree); i++) into[i]?.lengths[level]?.push(length);
  };
  switch (tree.kind) {
    case 'values':
    case 'media': {
      const item = value as LeafValue;
      into[first]?.counts.push(...item.counts);
      into[first]?.values.push(...item.values);
      return 1;
    }
    case 'struct': {
      let at = first;
      for (const [name, field] of Object.entries(tree.fields)) {
        at += store(field, (value as Record<string, TreeValue>)[name] ?? null, level, at, into);
      }
      return at - first;
    }
    case 'list':
    case 'optional': {
      const items = tree.kind === 'list' ? (value as readonly TreeValue[]) : value === null ? [] : [value];
      pushLength(items.length);
      for (const item of items) store(tree.item, item, level + 1, first, into);
      return leafCount(tree);
    }
  }
}

function leafCount(tree: Tree): number {
  if (tree.kind === 'values' || tree.kind === 'media') return 1;
  if (tree.kind !== 'struct') return leafCount(tree.item);
  return Object.values(tree.fields).reduce((sum, field) => sum + leafCount(field), 0);
}

function show(tree: Tree, value: TreeValue, nested: (leaf: Leaf, value: LeafValue) => unknown): unknown {
  if (value === null) return null;
  switch (tree.kind) {
    case 'values':
      return nested(tree.leaf, value as LeafValue);
    case 'media':
      return { bytes: shownValue(leaf('', 'string'), (value as LeafValue).values[0] ?? 0), path: null };
    case 'struct':
      return Object.fromEntries(
        Object.entries(tree.fields).map(([name, field]) => [
          name,
          show(field, (value as Record<string, TreeValue>)[name] ?? null, nested),
        ]),
      );
    case 'list':
      return (value as readonly TreeValue[]).map((item) => show(tree.item, item, nested));
    case 'optional':
      return show(tree.item, value, nested);
  }
}

/** Nested features and rows of them; `nested` shows one item of a leaf as Python does. */
export function arbitraryTreeSample(nested: (leaf: Leaf, value: LeafValue) => unknown): fc.Arbitrary<TreeSample> {
  return fc
    .dictionary(fc.constantFrom('x', 'y'), arbitraryTree, { minKeys: 1, noNullPrototype: true })
    .chain((fields) => {
      const tree: Tree = { kind: 'struct', fields };
      const made: Leaf[] = [];
      const unsorted = Object.entries(fields).map(([name, field]) => ({ name, node: layOut(field, name, [], made) }));
      const leaves = sortLeaves(made);
      const root = {
        kind: 'struct' as const,
        fields: unsorted.map(({ name, node }) => ({ name, node: renumber(node, made, leaves) })),
      };
      return fc.array(arbitraryTreeValue(tree), { maxLength: 5 }).map((values): TreeSample => {
        const rows = values.map((value): SampleRow => {
          const stored = made.map(
            ({ sequences }): GrowingValue => ({ lengths: sequences.map(() => []), counts: [], values: [] }),
          );
          store(tree, value, 0, 0, stored);
          return leaves.map((item) => stored[made.indexOf(item)]);
        });
        const shown = Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [
            name,
            values.map((value) => show(field, (value as Record<string, TreeValue>)[name] ?? null, nested)),
          ]),
        );
        return { root, leaves, rows, shown };
      });
    });
}

/** The node with the numbers of the sorted leaves. */
function renumber(node: ArrowNode, made: readonly Leaf[], leaves: readonly Leaf[]): ArrowNode {
  switch (node.kind) {
    case 'values':
    case 'media':
      return { ...node, leaf: leaves.indexOf(made[node.leaf] as Leaf) };
    case 'struct':
      return { ...node, fields: node.fields.map((field) => ({ ...field, node: renumber(field.node, made, leaves) })) };
    default:
      return { ...node, item: renumber(node.item, made, leaves) };
  }
}
