import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import type { BundleContext, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { ElementsSchema } from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { bytesElement, decodeOutput, describeStage } from './descriptors.js';
import { Events } from './events.js';
import { withWorker } from './fake-worker.js';
import { largeElement, megabyteBlock } from './flow-through-worker.js';

const text = (element: unknown): string => Buffer.from(element as Uint8Array).toString();
const echo = (): DoFn => ({ process: (element, c) => c.emit('out', element) });

/** Waits in `process` until the test lets an element go. */
function gated() {
  const entered = new Events<string>();
  const released = new Events<string>();
  const doFn = (): DoFn => ({
    async process(element, c) {
      entered.add(text(element));
      await released.find((name) => name === text(element));
      await c.emit('out', element);
    },
  });
  return { entered, released, doFn };
}

describe('bundles of a worker', () => {
  it('are processed also where elements come before the instruction', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      // The first bundle makes the worker open its data stream.
      const first = runner.process('one', 'stage');
      await runner.send('one', 'source', bytesElement('a'), true);
      await first;
      await runner.send('two', 'source', bytesElement('b'));
      await runner.send('two', 'source', bytesElement('c'), true);
      // Blocks are delivered in order: when this one is through, those before it wait in the worker.
      const third = runner.process('three', 'stage');
      await runner.send('three', 'source', bytesElement('d'), true);
      await third;
      await runner.process('two', 'stage');
      assert.deepEqual(decodeOutput(await runner.output('two', 'sink')), ['b', 'c']);
    });
  });

  it('run at once over one control stream, and are told of meanwhile', async () => {
    const { entered, released, doFn } = gated();
    await withWorker({ gated: doFn }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'gated' }));
      const bundles = ['slow', 'quick', 'other'].map(async (name) => {
        const processed = runner.process(name, 'stage');
        await runner.send(name, 'source', bytesElement(name), true);
        return await processed;
      });
      await entered.reach(3);
      const progress = await runner.ask({ case: 'processBundleProgress', value: { instructionId: 'slow' } });
      assert.equal(progress.case, 'processBundleProgress');
      assert.ok((progress.value as { monitoringInfos: unknown[] }).monitoringInfos.length > 0);
      for (const name of ['other', 'quick', 'slow']) {
        released.add(name);
        assert.deepEqual(decodeOutput(await runner.output(name, 'sink')), [name]);
      }
      await Promise.all(bundles);
    });
  });

  it('are described once, and use their DoFns again', async () => {
    let made = 0;
    const counted = (): DoFn => {
      made++;
      return echo();
    };
    await withWorker({ counted }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'counted' }));
      for (const name of ['one', 'two', 'three']) {
        const processed = runner.process(name, 'stage');
        await runner.send(name, 'source', bytesElement(name), true);
        await processed;
        assert.deepEqual(decodeOutput(await runner.output(name, 'sink')), [name]);
      }
      assert.deepEqual([runner.described, made], [['stage'], 1]);
    });
  });

  it('may have an element in several blocks, and blocks without any', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      const processed = runner.process('cut', 'stage');
      const elements = Buffer.concat([bytesElement('first'), bytesElement('second'), bytesElement('third')]);
      for (const at of elements.keys()) await runner.send('cut', 'source', elements.subarray(at, at + 1));
      await runner.send('cut', 'source', new Uint8Array(), true);
      await processed;
      assert.deepEqual(decodeOutput(await runner.output('cut', 'sink')), ['first', 'second', 'third']);
    });
  });

  it('that end inside an element fail', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      const failing = runner.processFailing('short', 'stage');
      await runner.send('short', 'source', bytesElement('whole').subarray(0, -1), true);
      assert.match(await failing, /ends inside an element/);
    });
  });

  it('take elements that come with their instruction', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      const block = { instructionId: 'small', transformId: 'source', data: bytesElement('embedded'), isLast: true };
      await runner.process('small', 'stage', { elements: create(ElementsSchema, { data: [block] }) });
      assert.deepEqual(decodeOutput(await runner.output('small', 'sink')), ['embedded']);
    });
  });

  it('use the data stream that their instruction names, and every call tells the worker', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      const processed = runner.process('named', 'stage', { dataStreamId: 'stream-3' });
      await runner.send('named', 'source', bytesElement('x'), true);
      await processed;
      assert.equal(runner.metadata.get('data')?.['data_stream_id'], 'stream-3');
      for (const service of ['control', 'descriptor', 'data', 'logging'])
        assert.equal(runner.metadata.get(service)?.['worker_id'], 'worker-7', service);
    });
  });

  it('are heard of while one of them holds the data stream up', async () => {
    const { entered, released, doFn } = gated();
    await withWorker({ gated: doFn }, async (runner) => {
      runner.keepsBlocks = false;
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'gated' }));
      const processed = runner.process('held up', 'stage');
      const first = runner.send('held up', 'source', bytesElement('first'));
      // Three times what the worker takes before it lets the runner wait.
      const sending = Array.from({ length: 48 }, () => runner.send('held up', 'source', megabyteBlock));
      await first;
      await entered.reach(1);
      let arrived = 0;
      for (const sent of sending) void sent.then(() => arrived++);
      let stable = 0;
      // Questions go over the same connection as the elements. When many were answered and nothing more was taken, the worker lets the runner wait.
      for (let before = -1; stable < 50; before = arrived) {
        await runner.ask({ case: 'processBundleProgress', value: { instructionId: 'held up' } });
        stable = before === arrived ? stable + 1 : 0;
      }
      assert.ok(arrived < sending.length, 'the worker has taken everything');
      released.add('first');
      released.add(largeElement.toString());
      await Promise.all(sending);
      await runner.send('held up', 'source', new Uint8Array(), true);
      await processed;
    });
  });

  it('start and finish with their elements, and emit then, too', async () => {
    const framed = (): DoFn => ({
      startBundle: (c) => void c.emit('out', Buffer.from('<')),
      process: (element, c) => void c.emit('out', element),
      finishBundle: (c) => void c.emit('out', Buffer.from('>')),
    });
    await withWorker({ framed }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'framed' }));
      const processed = runner.process('bundle', 'stage');
      await runner.send('bundle', 'source', bytesElement('x'), true);
      await processed;
      const sent = (await runner.output('bundle', 'sink')).toString('latin1').replaceAll(/[^<x>]/g, '');
      assert.equal(sent, '<x>');
    });
  });

  it('tell when they are durable, where a DoFn asks for it', async () => {
    const committed: string[] = [];
    const careful = (): DoFn => ({
      process(element, c) {
        if (text(element) === 'keep') c.afterCommit(() => void committed.push(c.bundleId));
      },
    });
    await withWorker({ careful }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'careful' }));
      for (const [bundle, element, asks] of [
        ['one', 'keep', true],
        ['two', 'drop', false],
      ] as const) {
        const processed = runner.process(bundle, 'stage');
        await runner.send(bundle, 'source', bytesElement(element), true);
        assert.equal((await processed).requiresFinalization, asks);
      }
      assert.deepEqual(committed, []);
      for (const instructionId of ['one', 'two'])
        await runner.ask({ case: 'finalizeBundle', value: { instructionId } });
      assert.deepEqual(committed, ['one']);
    });
  });
});

describe('a bundle that fails', () => {
  it("tells the transform, the key and the author's own stack", async () => {
    function brokenFunctionOfTheAuthor(): never {
      throw new TypeError('no such column: price');
    }
    const broken = (): DoFn => ({ process: brokenFunctionOfTheAuthor });
    await withWorker({ broken }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'broken', input: 'pair' }));
      const failing = runner.processFailing('bundle', 'stage');
      const key = bytesElement('task-17');
      await runner.send('bundle', 'source', Buffer.concat([key, Buffer.from([0])]), true);
      const error = await failing;
      assert.match(
        error,
        /^the step at key "task-17": no such column: price\nTypeError: no such column: price\n {4}at .*brokenFunctionOfTheAuthor/,
      );
      assert.match(error, /bundles\.test\.ts:\d+/);
    });
  });

  it('is tried again with a new DoFn, and what still came for the first try is dropped', async () => {
    let tries = 0;
    const tornDown: number[] = [];
    const flaky = (): DoFn => {
      const instance = ++tries;
      return {
        process(element, c: BundleContext) {
          if (instance === 1) throw new Error('not this time');
          return c.emit('out', element);
        },
        teardown: () => void tornDown.push(instance),
      };
    };
    await withWorker({ flaky }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'flaky' }));
      const failing = runner.processFailing('first try', 'stage');
      await runner.send('first try', 'source', bytesElement('a'));
      assert.match(await failing, /not this time/);
      assert.deepEqual(tornDown, [1]);
      await runner.send('first try', 'source', bytesElement('b'), true);
      const processed = runner.process('second try', 'stage');
      await runner.send('second try', 'source', bytesElement('a'));
      await runner.send('second try', 'source', bytesElement('b'), true);
      await processed;
      assert.deepEqual(decodeOutput(await runner.output('second try', 'sink')), ['a', 'b']);
      assert.ok(!runner.blocks.all.some(({ bundle }) => bundle === 'first try'));
    });
    assert.deepEqual(tornDown, [1, 2]);
  });

  it('fails also where the author neither awaits an output nor lets its error through', async () => {
    const careless = (): DoFn => ({
      process(element, c) {
        try {
          void c.emit('out', [element, element]);
        } catch {
          c.log('info', 'swallowed');
        }
      },
    });
    await withWorker({ careless }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'careless' }));
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', bytesElement('x'), true);
      assert.match(await failing, /INTERNAL: an element should be bytes/);
    });
  });

  it('names the runner, when its data stream breaks off; the next bundle gets a new stream', async () => {
    await withWorker({ echo }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
      const failing = runner.processFailing('cut off', 'stage');
      await runner.send('cut off', 'source', bytesElement('x'));
      await runner.abortData();
      assert.match(await failing, /JOB_SERVICE_UNREACHABLE: the runner's data service at localhost:\d+ broke off/);
      const streams = runner.dataStreams;
      const processed = runner.process('next', 'stage');
      await runner.dataStream(streams + 1);
      await runner.send('next', 'source', bytesElement('y'), true);
      await processed;
      assert.deepEqual(decodeOutput(await runner.output('next', 'sink')), ['y']);
    });
  });

  it('says what it does not know: a coder, a transform, a window', async () => {
    await withWorker({ echo }, async (runner) => {
      const stage = describeStage({ id: 'coder', url: runner.endpoint, doFn: 'echo' });
      const bytes = stage.coders['bytes']?.spec;
      if (bytes !== undefined) bytes.urn = 'beam:coder:row:v1';
      runner.describe(stage);
      assert.match(
        await runner.processFailing('a', 'coder'),
        /^UNSUPPORTED: the runner sends elements by the coder bytes, beam:coder:row:v1/,
      );
      const combine = describeStage({ id: 'transform', url: runner.endpoint, doFn: 'echo' });
      const step = combine.transforms['step']?.spec;
      if (step !== undefined) step.urn = 'beam:transform:combine_per_key:v1';
      runner.describe(combine);
      assert.match(
        await runner.processFailing('b', 'transform'),
        /^UNSUPPORTED: .*the step, beam:transform:combine_per_key:v1/,
      );
      runner.describe(describeStage({ id: 'window', url: runner.endpoint, doFn: 'echo' }));
      const failing = runner.processFailing('c', 'window');
      const inTwoWindows = bytesElement('x');
      inTwoWindows.writeInt32BE(2, 8);
      await runner.send('c', 'source', inTwoWindows, true);
      assert.match(await failing, /^UNSUPPORTED: an element is in 2 windows/);
      assert.match(await runner.processFailing('d', 'unheard of'), /no such descriptor/);
    });
  });
});
