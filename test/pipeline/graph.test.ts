import assert from 'node:assert/strict';
import { DatasetsError } from '../../src/core/errors/index.js';
import { type Awaitable, buildGraph, checkSameGraph, type Graph, type Pipeline } from '../../src/pipeline/index.js';
import type { Source } from '../../src/sources/index.js';

const facts = { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} };
const graphOf = (splits: (p: Pipeline) => Awaitable<unknown>): Promise<Graph> =>
  buildGraph(splits, { facts, mayAskFacts: true });
const pairs = (p: Pipeline) => p.create([1, 2, 3]).keyBy((n) => n);

async function refused(splits: (p: Pipeline) => Awaitable<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(graphOf(splits), (error) => {
    assert(error instanceof DatasetsError, String(error));
    assert.equal(error.code, 'PIPELINE_INVALID');
    assert.match(error.message, message);
    assert(error.hint);
    return true;
  });
}

describe('a pipeline', () => {
  it('names its steps by kind and place, or as the author does', async () => {
    const graph = await graphOf((p) => ({ train: pairs(p).mapValues((n) => n + 1, { name: 'increment' }) }));
    assert.deepEqual(
      graph.nodes.map((node) => node.name),
      ['create#0', 'keyBy#1', 'increment'],
    );
    assert.deepEqual(graph.splits, [{ name: 'train', node: 2 }]);
  });

  it('has the same fingerprint when it is made again, and another one when anything differs', async () => {
    const base = (p: Pipeline) => ({ train: pairs(p).mapValues((n) => n + 1) });
    const fingerprint = (await graphOf(base)).fingerprint;
    assert.equal((await graphOf(base)).fingerprint, fingerprint);
    const others: ((p: Pipeline) => unknown)[] = [
      (p) => ({ train: pairs(p).mapValues((n) => n + 2) }),
      (p) => ({ train: pairs(p).mapValues((n) => n + 1, { name: 'x' }) }),
      (p) => ({ test: pairs(p).mapValues((n) => n + 1) }),
      (p) => ({
        train: p
          .create([1, 2])
          .keyBy((n) => n)
          .mapValues((n) => n + 1),
      }),
    ];
    const fingerprints = await Promise.all(others.map(async (other) => (await graphOf(other)).fingerprint));
    assert.equal(new Set([fingerprint, ...fingerprints]).size, others.length + 1);
  });

  it('says which step differs in a worker', async () => {
    const source = (description: string): Source<number> => ({
      kind: 'test',
      description,
      split: async () => [],
      read: () => [],
      state: async () => [],
    });
    const cases: [(p: Pipeline) => unknown, (p: Pipeline) => unknown, RegExp][] = [
      [
        (p) => ({ a: pairs(p).mapValues((n) => n + 1) }),
        (p) => ({ a: pairs(p).mapValues((n) => n - 1) }),
        /function of mapValues#2/,
      ],
      [(p) => ({ a: pairs(p) }), (p) => ({ a: pairs(p).filter(() => true) }), /the worker has filter#2/],
      [(p) => ({ a: pairs(p).filter(() => true) }), (p) => ({ a: pairs(p) }), /the submitter has filter#2/],
      [(p) => ({ a: pairs(p).reshuffle() }), (p) => ({ a: pairs(p).fanOut() }), /step 2 is reshuffle#2 .* fanOut#2/],
      [(p) => ({ a: pairs(p) }), (p) => ({ b: pairs(p) }), /splits are a in the submitter, b in the worker/],
      [
        (p) => ({ a: p.read(source('csv(a)')).keyBy((n) => n) }),
        (p) => ({ a: p.read(source('csv(b)')).keyBy((n) => n) }),
        /read#0 has the options .*csv\(a\).*csv\(b\)/,
      ],
    ];
    for (const [submitter, worker, message] of cases) {
      const [expected, actual] = [await graphOf(submitter), await graphOf(worker)];
      assert.throws(() => checkSameGraph(expected, actual), { code: 'GRAPH_MISMATCH', message });
    }
    const same = await graphOf((p) => ({ a: pairs(p) }));
    checkSameGraph(same, same);
  });

  it('refuses what can not work, with a hint', async () => {
    let other: unknown;
    await graphOf((p) => {
      other = pairs(p);
      return { a: other };
    });
    await refused((p) => ({ a: p.create([1]) }), /split a has no keys: it ends with create#0/);
    await refused(() => ({}), /no split/);
    await refused(() => undefined, /must return an object/);
    await refused((p) => pairs(p), /must return an object/);
    await refused(() => ({ a: [1] }), /split a is no collection/);
    await refused(() => ({ a: other }), /split a is no collection of this pipeline/);
    await refused((p) => ({ 'a b': pairs(p) }), /"a b" can't be the name of a split/);
    await refused((p) => ({ a: pairs(p).join(other as ReturnType<typeof pairs>) }), /no collection of this pipeline/);
    await refused((p) => pairs(p).splitBy((n) => n, { train: 0.8, test: 0.1 }), /sum to 1, got train: 0.8, test: 0.1/);
    await refused((p) => pairs(p).splitBy((n) => n, {}), /sum to 1/);
    await refused((p) => pairs(p).splitBy((n) => n, { a: 1.5, b: -0.5 }), /at least 0/);
    await refused(
      (p) => ({ a: pairs(p).join(pairs(p), { maxUnmatched: -1 }) }),
      /maxUnmatched must be at least 0, got -1/,
    );
    await refused((p) => ({ a: pairs(p).mapBatches(0, (batch) => batch) }), /size of at least 1, got 0/);
    await refused((p) => ({ a: pairs(p).mapValues(7 as never) }), /mapValues needs a function, got number/);
    await refused(
      (p) => ({ a: (p.create([1]) as never as ReturnType<typeof pairs>).groupByKey() }),
      /groupByKey needs keys/,
    );
    await refused((p) => ({ a: p.read({} as never) }), /no source/);
    await refused((p) => ({ a: p.generate([] as never) }), /generator function/);
    await refused((p) => {
      p.counter('c').add(0.5);
      return {};
    }, /can't add 0.5/);
  });

  it('refuses steps that come after splits() has returned', async () => {
    let late: Pipeline | undefined;
    await graphOf((p) => {
      late = p;
      return { a: pairs(p) };
    });
    assert.throws(() => late?.create([1]), { code: 'PIPELINE_INVALID', message: /after splits\(\) has returned/ });
  });

  it('refuses a side input outside the functions of transforms', async () => {
    await refused(
      (p) => ({
        a: pairs(p).filter((_) => p.create([1]).asList().get().length > 0 || true),
        b: p.create([1]).asList().get(),
      }),
      /no value here/,
    );
  });

  it('records facts once and replays them in workers', async () => {
    let asked = 0;
    const splits = async (p: Pipeline) => {
      const [b, a] = await Promise.all([
        p.once('b', async () => ({ n: ++asked, at: p.snapshotTime })),
        p.once('a', () => 1n),
      ]);
      return { s: p.create([{ a, b }]).keyBy(() => 1) };
    };
    const submitted = await graphOf(splits);
    assert.deepEqual(Object.keys(submitted.facts.once), ['a', 'b']);
    const worker = await buildGraph(splits, { facts: submitted.facts, mayAskFacts: false });
    assert.equal(worker.fingerprint, submitted.fingerprint);
    assert.equal(asked, 1);
    await assert.rejects(buildGraph(splits, { facts, mayAskFacts: false }), {
      code: 'GRAPH_MISMATCH',
      message: /p\.once\("b"\)/,
    });
  });

  it('refuses facts that are asked twice, are no values, or a snapshot time that is none', async () => {
    await refused(async (p) => {
      await p.once('a', () => 1);
      await p.once('a', () => 2);
    }, /called twice/);
    await assert.rejects(
      graphOf(async (p) => p.once('a', () => new Map())),
      { code: 'VALUE_UNSUPPORTED' },
    );
    await assert.rejects(
      buildGraph(() => ({}), { facts: { snapshotTime: 'soon', once: {} }, mayAskFacts: true }),
      /"soon" is not a date/,
    );
  });
});
