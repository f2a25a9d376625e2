import assert from 'node:assert/strict';
import { differenceOf, type Row } from '../../src/testing/compare-rows.js';

const compare = (
  duckdb: readonly Row[],
  bigquery: readonly Row[],
  { isOrdered = false, hidden = [] as readonly string[] } = {},
) =>
  differenceOf(
    { name: 'duckdb', rows: duckdb },
    { name: 'bigquery', rows: bigquery },
    { isOrdered, hidden: new Set(hidden) },
  );

const a = { id: 1n, item: 'a', at: new Date(0) };
const b = { id: 2n, item: null, at: new Date(1) };

describe('the rows of two queries', () => {
  it('are the same in any order, each as often', () => {
    assert.equal(compare([a, b, a], [a, a, b]), undefined);
    assert.equal(compare([], []), undefined);
    assert.match(compare([a, b, b], [a, a, b]) ?? '', /3 rows, bigquery 3; 2 are in both/);
    assert.match(
      compare([a], []) ?? '',
      /duckdb gives 1 rows, bigquery 0; 0 are in both\n {2}only duckdb: \{ id: "1n"/,
    );
  });

  it('are told apart by one value, whose column is named', () => {
    const difference = compare([a, b], [a, { ...b, item: 'b' }]) ?? '';
    assert.match(difference, /1 are in both\ndifferent in: item\n/);
    assert.match(difference, /only duckdb: \{ id: "2n", item: null, at: "1970-01-01T00:00:00.001Z" \}/);
    assert.match(difference, /only bigquery: \{ id: "2n", item: "b",/);
    for (const [one, other] of [
      [0, -0],
      ['2.50', '2.5'],
      [new Uint8Array([1]), new Uint8Array([2])],
      [[1n], [1n, 1n]],
      [{ x: 1 }, { x: null }],
    ]) {
      assert.match(compare([{ v: one }], [{ v: other }]) ?? '', /different in: v/);
    }
  });

  it('have the same columns of the same types', () => {
    assert.equal(
      compare([{ id: 1n, a: 1 }], [{ id: 1n, b: 1 }]),
      'only duckdb has a column a\nonly bigquery has a column b',
    );
    assert.match(
      compare([{ id: 1 }], [{ id: 1n }]) ?? '',
      /^column id is number of duckdb, and bigint of bigquery: declare it in `types`/,
    );
    assert.match(compare([{ id: 'x' }], [{ id: new Date(0) }]) ?? '', /string of duckdb, and Date of bigquery/);
  });

  it('come in the same order where that counts', () => {
    assert.equal(compare([a, b], [a, b], { isOrdered: true }), undefined);
    assert.match(
      compare([a, b], [b, a], { isOrdered: true }) ?? '',
      /same 2 rows come in another order, from row 1 on/,
    );
  });

  it('show no private value', () => {
    const difference = compare([a], [{ ...a, item: 'secret' }], { hidden: ['item'] }) ?? '';
    assert.match(difference, /item: sha256 [0-9a-f]{8},/);
    assert.doesNotMatch(difference, /secret|"a"/);
  });

  it('are shown as a few', () => {
    const many = Array.from({ length: 10 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
    const difference = compare(many, []) ?? '';
    assert.match(difference, /and 7 more$/);
    assert.ok(difference.length < 1000);
  });
});
