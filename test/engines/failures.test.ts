import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../../src/core/errors/index.js';
import { createEngine, type Engine } from '../../src/engines/index.js';
import type { failures } from './fixtures/failures.js';
import { fixture, leftFiles, runJob } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

const threads = createEngine('threads', { workers: 2 });
const engines: readonly [string, Engine][] = [
  ['inline', createEngine('inline')],
  ['in threads', threads],
];

describe('a build that fails', () => {
  const directory = temporaryDirectory();
  const run = (config: keyof typeof failures, engine: Engine, signal?: AbortSignal) =>
    runJob(directory(), {
      module: fixture('failures.js'),
      name: 'failures',
      config,
      engine,
      ...(signal === undefined ? {} : { signal }),
    });

  async function failure(config: keyof typeof failures, engine: Engine): Promise<DatasetsError> {
    const error = await run(config, engine).then(
      () => assert.fail(`${config} did not fail`),
      (thrown: unknown) => thrown,
    );
    assert(error instanceof DatasetsError, String(error));
    assert(error.hint, 'every error has a hint');
    assert.deepEqual(leftFiles(directory()), [], 'nothing is left behind');
    return error;
  }

  for (const [where, engine] of engines) {
    it(`names the transform, the key and the source position of an exception in the author's code, ${where}`, async () => {
      const cases: [keyof typeof failures, RegExp, object][] = [
        [
          'inMap',
          /^explode failed: TypeError: no 137 please \(numbers line 138\)$/,
          { transform: 'explode', source: 'numbers line 138' },
        ],
        [
          'inMapValues',
          /^mapValues#2 failed: TypeError: no 137 please \(key "key 137", numbers line 138\)$/,
          { transform: 'mapValues#2', key: '"key 137"', source: 'numbers line 138' },
        ],
        [
          'inAsyncMap',
          /^map#1 failed: TypeError: no 137 please \(numbers line 138\)$/,
          { transform: 'map#1', source: 'numbers line 138' },
        ],
        [
          'inGenerator',
          /^generate#0 failed: TypeError: no 137 please \(generate#0 element 138\)$/,
          { transform: 'generate#0', source: 'generate#0 element 138' },
        ],
        [
          'inAsyncGenerator',
          /^generate#0 failed: TypeError: no 137 please \(generate#0 element 138\)$/,
          { transform: 'generate#0', source: 'generate#0 element 138' },
        ],
        [
          'inFlatMap',
          /^flatMap#1 failed: TypeError: no 137 please \(numbers line 138\)$/,
          { transform: 'flatMap#1', source: 'numbers line 138' },
        ],
        [
          'inBatch',
          /^mapBatches#1 failed: TypeError: no 137 please \(numbers line 131 to numbers line 140\)$/,
          { transform: 'mapBatches#1', source: 'numbers line 131 to numbers line 140' },
        ],
        [
          'inGroup',
          /^mapValues#3 failed: TypeError: no 137 please \(key 7, groupByKey#2, key 7\)$/,
          { transform: 'mapValues#3', key: '7', source: 'groupByKey#2, key 7' },
        ],
        [
          'inCombiner',
          /^combinePerKey#2 failed: TypeError: no 137 please \(key 7, numbers line 138\)$/,
          { transform: 'combinePerKey#2', key: '7', source: 'numbers line 138' },
        ],
        [
          'inSplitBy',
          /^splitBy#3 failed: TypeError: no 137 please \(key 137, numbers line 138\)$/,
          { transform: 'splitBy#3', key: '137', source: 'numbers line 138' },
        ],
        ['inSetup', /^the set-up of withResource#1 failed: TypeError: no 137 please$/, { transform: 'withResource#1' }],
        [
          'thrownText',
          /^map#1 failed: just text was thrown \(numbers line 4\)$/,
          { transform: 'map#1', source: 'numbers line 4' },
        ],
      ];
      for (const [config, message, at] of cases) {
        const error = await failure(config, engine);
        assert.equal(error.code, 'USER_CODE', config);
        assert.match(error.message, message);
        assert.deepEqual(error.at, at);
      }
    });

    it(`keeps the original error as cause, its stack pointing at the line of the TypeScript source, ${where}`, async () => {
      const source = readFileSync(fileURLToPath(fixture('failures.ts')).replace('/dist/', '/'), 'utf8').split('\n');
      const line = source.findIndex((text) => text.includes('throw new TypeError(')) + 1;
      assert(line > 0);
      for (const config of ['inMap', 'inAsyncMap', 'inGenerator', 'inFlatMap'] as const) {
        const { cause } = await failure(config, engine);
        assert(cause instanceof Error);
        assert.equal(cause.name, 'TypeError');
        assert.match(
          cause.stack ?? '',
          new RegExp(`^TypeError: no 137 please\\n\\s+at explode \\(.*test/engines/fixtures/failures\\.ts:${line}:`),
        );
      }
    });

    it(`says what is wrong with keys, pairs, examples and values, and where they came from, ${where}`, async () => {
      const cases: [keyof typeof failures, string, RegExp][] = [
        ['badKey', 'KEY_INVALID', /^keyBy#1 failed: its key is undefined \(numbers line 1\)$/],
        [
          'badPair',
          'PIPELINE_INVALID',
          /^generate#0 failed: it yielded something that is no \[key, example\] pair \(generate#0 element 2\)$/,
        ],
        ['badExample', 'EXAMPLE_INVALID', /split 'train', key '137': .*\(from numbers line 138\)$/],
        [
          'badValue',
          'VALUE_UNSUPPORTED',
          /^an element of keyBy#2: at seen: a Map is not a value .*\(from numbers line 138\)$/,
        ],
        ['duplicateKeys', 'KEY_DUPLICATE', /7/],
      ];
      for (const [config, code, message] of cases) {
        const error = await failure(config, engine);
        assert.equal(error.code, code);
        assert.match(error.message, message);
      }
    });

    it(`passes on what splits() throws, ${where}`, async () => {
      const error = await failure('inSplits', engine);
      assert.equal(error.code, 'USER_CODE');
      assert.match(error.message, /^splits\(\) of failures failed: TypeError: no 137 please/);
    });

    it(`stops when it is interrupted, and leaves nothing behind, ${where}`, async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort('ctrl-c'), 300);
      const started = performance.now();
      await assert.rejects(run('endless', engine, controller.signal), { code: 'INTERRUPTED', cause: 'ctrl-c' });
      assert(performance.now() - started < 5000);
      assert.deepEqual(leftFiles(directory()), []);
      await assert.rejects(run('endless', engine, AbortSignal.abort()), { code: 'INTERRUPTED' });
    });
  }

  it('passes on what is wrong with a source', async () => {
    for (const [, engine] of engines) {
      await assert.rejects(run('badSource', engine), { message: 'the source is broken' });
      assert.deepEqual(leftFiles(directory()), []);
    }
  });

  it('refuses a graph that differs in the worker, naming the step', async () => {
    const error = await failure('otherGraph', threads);
    assert.equal(error.code, 'GRAPH_MISMATCH');
    assert.match(error.message, /step 1 is keyBy#1 in the submitter and filter#1 in the worker/);
  });

  it('says so when a worker dies: process.exit, an exception in a timer', async () => {
    const exit = await failure('exits', threads);
    assert.equal(exit.code, 'WORKER_DIED');
    assert.match(
      exit.message,
      /^a worker died while it worked on numbers 500 to 600: Error: worker exited with code: 3$/,
    );
    const stray = await failure('strays', threads);
    assert.equal(stray.code, 'WORKER_DIED');
    assert.match(stray.message, /TypeError: thrown in a timer/);
  });

  it('does not wait for a fact that never comes when it is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(run('waits', threads, controller.signal), { code: 'INTERRUPTED' });
  });

  it("ends a worker that is stuck in the author's code when the build is interrupted", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const started = performance.now();
    await assert.rejects(run('stuck', threads, controller.signal), { code: 'INTERRUPTED' });
    assert(performance.now() - started < 8000);
    assert.deepEqual(leftFiles(directory()), []);
  });
});
