import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  buildGraph,
  type Collection,
  type Consumer,
  describePlan,
  functionKinds,
  type Graph,
  type Keyed,
  type Pipeline,
  type Plan,
  planPipeline,
} from '../../src/pipeline/index.js';

const facts = { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} };
const graphOf = (splits: (p: Pipeline) => unknown): Promise<Graph> => buildGraph(splits, { facts, mayAskFacts: true });
type Pairs = Keyed<number, number>;

/** How many elements reach each node when each source gives one element and every step passes on what it gets. */
function expectedCounts(graph: Graph): number[] {
  const counts: number[] = [];
  for (const node of graph.nodes) {
    const sum = node.inputs.reduce((total, input) => total + (counts[input] ?? 0), 0);
    counts.push(node.inputs.length === 0 ? 1 : sum);
  }
  return counts;
}

/** Runs a plan with counts in place of elements, checking that whatever a stage reads is complete by then. */
function simulate(
  graph: Graph,
  plan: Plan,
): { readonly counts: Map<number, number>; readonly splits: Map<string, number> } {
  const counts = new Map<number, number>();
  const kept = new Map<string, number>();
  const sideInputs = new Map<number, number>();
  const splits = new Map<string, number>();
  const addTo = <K>(map: Map<K, number>, key: K, amount: number) => map.set(key, (map.get(key) ?? 0) + amount);
  for (const stage of plan.stages) {
    const steps = new Map(stage.steps.map((step) => [step.node, step]));
    const run = (node: number, amount: number, consumers: readonly Consumer[]): void => {
      const kind = graph.nodes[node]?.kind;
      if (stage.root.node === node) assert.notEqual(kind, 'splitBy', 'parts are dealt in one place');
      if (!(node === stage.root.node && stage.root.kind === 'relay')) addTo(counts, node, amount);
      if (kind !== undefined && functionKinds.has(kind)) {
        for (const sideInput of graph.sideInputs.filter((candidate) => candidate.node < node)) {
          assert.equal(
            sideInputs.get(sideInput.node),
            expected[sideInput.node],
            `${sideInput.name} is incomplete in ${stage.name}`,
          );
        }
      }
      for (const consumer of consumers) {
        if (consumer.kind === 'step') {
          run(consumer.node, amount, steps.get(consumer.node)?.consumers ?? assert.fail('a step is missing'));
          continue;
        }
        const output = stage.outputs[consumer.index] ?? assert.fail('an output is missing');
        assert.equal(output.from, node);
        if (output.kind === 'split') addTo(splits, output.split, amount);
        else if (output.kind === 'sideInput') addTo(sideInputs, output.node, amount);
        else addTo(kept, `${output.kind} ${output.node}`, amount);
      }
    };
    const { kind, node } = stage.root;
    const expected = expectedCounts(graph);
    const amount =
      kind === 'source' ? 1 : (kept.get(`${kind} ${node}`) ?? assert.fail(`${stage.name} reads what nobody wrote`));
    assert.equal(amount, expected[node], `${stage.name} starts before its input is complete`);
    run(node, amount, stage.consumers);
  }
  return { counts, splits };
}

/** A pipeline made of the numbers that fast-check draws. */
function randomSplits(choices: readonly (readonly [number, number, number])[]): (p: Pipeline) => unknown {
  return (p) => {
    const collections: Pairs[] = [p.generate(function* () {})];
    const pick = (n: number): Pairs => collections[n % collections.length] ?? assert.fail();
    for (const [what, a, b] of choices) {
      const [left, right] = [pick(a), pick(b)];
      const make: (() => Pairs | undefined)[] = [
        () => p.generate(function* () {}),
        () => left.mapValues((n) => n),
        () => left.merge(right),
        () => left.join(right).mapValues(([n]) => n),
        () =>
          left.combinePerKey({
            create: () => 0,
            add: (x: number, y: number) => x + y,
            merge: (x, y) => x + y,
            extract: (x) => x,
            exact: true,
          }),
        () => left.reshuffle(),
        () => left.fanOut(),
        () =>
          (left as Collection<readonly [number, number]>)
            .distinct()
            .keyBy(([n]) => n)
            .mapValues(() => 0),
        () => {
          const { a: part, b: rest } = left.splitBy((n) => n, { a: 0.5, b: 0.5 });
          collections.push(rest);
          return part;
        },
        () => void left.asList(),
        () => void left.asMap(),
      ];
      const made = make[what % make.length]?.();
      if (made !== undefined) collections.push(made);
    }
    return { first: pick(1), last: pick(collections.length - 1), early: pick(Math.floor(collections.length / 2)) };
  };
}

describe('the planner', () => {
  it('runs every needed step once an element, with inputs and side inputs complete, for any pipeline', async () => {
    const choice = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100));
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { maxLength: 25 }), fc.boolean(), async (choices, fanOut) => {
        const graph = await graphOf(randomSplits(choices));
        const plan = planPipeline(graph, { fanOut });
        const expected = expectedCounts(graph);
        const { counts, splits } = simulate(graph, plan);
        for (const [node, count] of counts) assert.equal(count, expected[node], graph.nodes[node]?.name);
        for (const split of graph.splits) assert.equal(splits.get(split.name), expected[split.node]);
        assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan, 'a plan is plain data');
      }),
      { numRuns: 400 },
    );
  });

  it('fuses everything between a source and its splits into one stage', async () => {
    const graph = await graphOf((p) =>
      p
        .create([1])
        .map((n) => n)
        .keyBy((n) => n)
        .mapValues((n) => n)
        .splitBy((n) => n, { a: 0.5, b: 0.5 }),
    );
    const plan = planPipeline(graph);
    assert.equal(plan.stages.length, 1);
    assert.deepEqual(
      plan.stages[0]?.outputs.map((output) => output.kind === 'split' && output.split),
      ['a', 'b'],
    );
  });

  it('keeps elements for later only where a side input forces it', async () => {
    const stagesOf = async (splits: (p: Pipeline) => unknown) =>
      planPipeline(await graphOf(splits)).stages.map((stage) => stage.name);
    const independent = await stagesOf((p) => {
      const numbers = p.create([1]).map((n) => n);
      const side = p.create([2]).asList();
      return { a: numbers.keyBy((n) => n + side.get().length) };
    });
    assert.deepEqual(independent, ['create#2', 'create#0']);
    const dependent = await stagesOf((p) => {
      const numbers = p.create([1]).map((n) => n);
      const side = numbers.asList();
      return { a: numbers.keyBy((n) => n + side.get().length) };
    });
    assert.deepEqual(dependent, ['create#0', 'map#1 again (level 1)']);
  });

  it('leaves out what no split needs', async () => {
    const graph = await graphOf((p) => {
      p.create([1]).map((n) => n);
      return { a: p.create([2]).keyBy((n) => n) };
    });
    assert.deepEqual(
      planPipeline(graph).stages.map((stage) => stage.name),
      ['create#2'],
    );
  });

  it('shows a plan that a person can read', async () => {
    const graph = await graphOf((p) => {
      const items = p.create([1]).keyBy((n) => n, { name: 'by id' });
      const logs = p
        .create([1])
        .keyBy((n) => n)
        .join(items);
      return { train: logs.mapValues(([n]) => n) };
    });
    assert.equal(
      describePlan(planPipeline(graph), graph),
      [
        'stage 1 of 3: create#0 (source)',
        '  by id (keyBy)',
        '    → join#4, right side',
        '',
        'stage 2 of 3: create#2 (source)',
        '  keyBy#3',
        '    → join#4, left side',
        '',
        'stage 3 of 3: join#4 (join, gathered by key from all workers)',
        '  mapValues#5',
        '    → split train',
      ].join('\n'),
    );
  });
});
