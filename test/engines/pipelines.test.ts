import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createEngine } from '../../src/engines/index.js';
import { encodeValue } from '../../src/values/index.js';
import { asked } from './fixtures/asked-source.js';
import { type PipelineName, pipelines } from './fixtures/pipelines.js';
import { digests, fixture, type JobRun, leftFiles, readPairs, runJob } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const byKey = (pairs: [unknown, unknown][]) =>
  pairs.sort(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
/** By canonical bytes, as values of a group are. */
const sorted = (values: readonly unknown[]) =>
  [...values].sort((a, b) => Buffer.compare(encodeValue(a), encodeValue(b)));

function checks(run: JobRun): Record<PipelineName, () => void> {
  const equal = (split: string, expected: [unknown, unknown][]) =>
    assert.deepEqual(readPairs(run, split), byKey(expected));
  const numbers = range(1000);
  return {
    elementwise: () =>
      equal(
        'train',
        numbers
          .filter((n) => n % 2 === 0)
          .flatMap((n) => [n, n + 0.5])
          .map((n) => [String(n), [String(n), String(n)]]),
      ),
    batches: () => {
      const starts = [0, 100, 200].flatMap((shard) =>
        range(shard === 200 ? 50 : 100)
          .filter((i) => i % 32 === 0)
          .map((i): [number, number] => [shard + i, Math.min(32, (shard === 200 ? 50 : 100) - i)]),
      );
      equal('train', starts);
    },
    asynchronous: () => {
      const shard = (from: number) =>
        range(100)
          .map((i) => from + i)
          .filter((n) => n % 3 !== 0)
          .flatMap((n) => [n, n + 0.5]);
      equal(
        'train',
        [0, 100, 200].map((from) => [shard(from)[0], shard(from)]),
      );
    },
    asynchronousBursts: () => equal('train', [['burst', { count: 2000, sorted: true, bounded: true }]]),
    groups: () =>
      equal(
        'train',
        range(7).map((rest) => {
          const values = sorted(numbers.filter((n) => n % 7 === rest));
          return [rest, [values, values.length]];
        }),
      ),
    combined: () => {
      const sum = (values: number[]) => ({ sum: values.reduce((a, b) => a + b, 0) });
      const odd = (rest: number) => sum(numbers.filter((n) => n % 2 === 1 && n % 3 === rest));
      const expected = (): [unknown, unknown][] => [
        ['even', sum(numbers.filter((n) => n % 2 === 0))],
        [0, odd(0)],
        [1, odd(1)],
        [2, odd(2)],
      ];
      equal('exact', expected());
      equal('ordered', expected());
    },
    coGrouped: () =>
      equal('train', [
        ...range(5).map((rest): [number, unknown] => [
          rest,
          [sorted(range(40).filter((n) => n % 5 === rest)), rest === 2 ? ['a', 'b', 'c'] : []],
        ]),
        [9, [[], ['z']]],
      ]),
    joined: () => {
      const letters: Record<number, string[]> = { 1: ['a', 'A'], 2: ['b'], 3: ['c'] };
      equal(
        'train',
        range(40).flatMap((n) =>
          (letters[n % 5] ?? []).map((letter): [string, unknown] => [`${n}${letter}`, [n, letter]]),
        ),
      );
      assert.deepEqual(run.output.counters, {
        'by letter left matched': 24,
        'by letter left unmatched': 16,
        'by letter right unmatched': 0,
      });
    },
    unmatched: () => assert.fail('the build must fail'),
    distinct: () => {
      equal(
        'elements',
        range(10).map((rest) => [rest, { rest }]),
      );
      equal(
        'pairs',
        range(3).flatMap((a) => range(2).map((b): [string, unknown] => [`${a} ${b}`, [a, b]])),
      );
    },
    reshuffled: () => {
      // Small shuffles are one unit; a partition is one batch.
      assert.equal(readPairs(run, 'twice').length, 3);
      equal(
        'keyed',
        range(300).map((n) => [n, n]),
      );
    },
    fannedOut: () => {
      equal(
        'train',
        range(3000).map((n) => [n, n + 1]),
      );
      equal(
        'test',
        range(700).map((n) => [n * 2, n * 2]),
      );
    },
    sideInputs: () =>
      equal(
        'train',
        range(4).map((n) => [n, { n, total: 4950, letter: n % 2 === 0 ? 'a' : 'b', weight: 2 }]),
      ),
    relayed: () => {
      equal(
        'train',
        [0, 100, 200].map((n) => [n, n / 300]),
      );
      assert.deepEqual(run.output.counters, { 'read once': 300 });
    },
    counted: () => assert.deepEqual(run.output.counters, { even: 500, seen: 1000 }),
    split: () => {
      const splitOf = (user: string) => {
        const x = Number.parseInt(createHash('md5').update(encodeValue(user)).digest('hex').slice(0, 13), 16) / 2 ** 52;
        return x < 0.8 ? 'train' : x < 0.8 + 0.1 ? 'validation' : 'test';
      };
      for (const split of ['train', 'validation', 'test'])
        equal(
          split,
          numbers.filter((n) => splitOf(`user ${n % 100}`) === split).map((n) => [n, n]),
        );
    },
    facts: () => equal('train', [['true 2026-11-21T00:00:00.000Z', 1]]),
  };
}

describe('a build', () => {
  const directory = temporaryDirectory();
  const names = (Object.keys(pipelines) as PipelineName[]).filter((name) => name !== 'unmatched');

  for (const name of names) {
    it(`gives what plain JavaScript gives, inline and in threads: ${name}`, async () => {
      const inline = await runJob(directory(), { config: name });
      checks(inline)[name]();
      const threads = await runJob(directory(), { config: name, engine: createEngine('threads', { workers: 2 }) });
      checks(threads)[name]();
      assert.deepEqual(digests(threads), digests(inline));
      if (name !== 'facts') assert.equal(threads.output.graphFingerprint, inline.output.graphFingerprint);
      assert.deepEqual(leftFiles(directory()), []);
    });
  }

  it('writes the same bytes with 1, 2 and 8 workers, whatever the buffer', async () => {
    const cases = [
      ['groups', 1],
      ['groups', 2],
      ['groups', 8],
      ['fannedOut', 1],
      ['fannedOut', 2],
      ['split', 2],
    ] as const;
    for (const [config, workers] of cases) {
      const expected = digests(await runJob(directory(), { config, job: { numShards: 3 } }));
      assert(Object.keys(expected).length >= 6);
      const engine = createEngine('threads', { workers });
      const run = await runJob(directory(), { config, engine, job: { numShards: 3, bufferBytes: 4096 * workers } });
      assert.deepEqual(digests(run), expected, `${config} with ${workers} workers`);
    }
  });

  it('fails when more finds no partner than the author allows, with a few of the keys', async () => {
    for (const engine of [createEngine('inline'), createEngine('threads', { workers: 2 })]) {
      await assert.rejects(runJob(directory(), { config: 'unmatched', engine }), {
        code: 'JOIN_UNMATCHED',
        message:
          /by key: 38 elements found no partner, 3 may: 37 on the left \(for example "key \d+", "key \d+", "key \d+"\); 1 on the right \(for example "key 99"\)/,
        at: { transform: 'by key' },
      });
    }
    assert.deepEqual(leftFiles(directory()), []);
  });

  it('reports its stages, tasks and rows as they go', async () => {
    const events: string[] = [];
    await runJob(directory(), {
      config: 'groups',
      engine: createEngine('threads', { workers: 2 }),
      onProgress: (event) => events.push(`${event.type} ${event.stage}`),
    });
    assert.deepEqual(
      events.filter((event) => !event.startsWith('rows') && !event.startsWith('task-end')),
      [
        'stage-start read#0',
        'stage-end read#0',
        'stage-start groupByKey#2',
        'stage-end groupByKey#2',
        'stage-start shards',
        'stage-end shards',
      ],
    );
    assert.equal(events.filter((event) => event === 'task-end read#0').length, 10);
  });

  it('reads sources that do not wait for each other at the same time', async () => {
    const events: string[] = [];
    await runJob(directory(), { config: 'joined', onProgress: (event) => events.push(event.type) });
    assert.deepEqual(events.slice(0, 3), ['stage-start', 'stage-start', 'stage-start']);
  });

  it('hashes sources when tasks are dealt, so that no worker waits for a digest', async () => {
    await runJob(directory(), { module: fixture('asked-source.js'), name: 'asked_source' });
    assert.deepEqual(asked, ['split', 'state', 'read']);
  });

  it('lists the state of its sources, and the facts that were asked', async () => {
    const { output } = await runJob(directory(), { config: 'facts' });
    assert.deepEqual(Object.keys(output.facts.once), ['random']);
    const read = await runJob(directory(), { config: 'coGrouped' });
    assert.deepEqual(read.output.sources, [{ uri: 'numbers:40', digest: 'count:40' }]);
    assert.deepEqual(read.output.engine, { name: 'inline' });
  });
});
