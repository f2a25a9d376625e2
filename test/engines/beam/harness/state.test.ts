import assert from 'node:assert/strict';
import type { BeamIterable, BundleContext, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import type { StateRequest } from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { decodeOutput, describeStage, header, lengthPrefixed } from './descriptors.js';
import { withWorker } from './fake-worker.js';

const words = ['zero', 'one', '', 'three', 'a longer one', 'five'];

/** Reads the values of a key twice, each time in another way. */
const readTwice = (): DoFn => ({
  async process(element, c) {
    const [, values] = element as [Uint8Array, BeamIterable];
    await emitAll(values, c);
    for await (const value of values) await c.emit('out', value);
  },
});

async function emitAll(values: BeamIterable, c: BundleContext): Promise<void> {
  for await (const run of values.runs()) for (const value of run) await c.emit('out', value);
}

/** Gives bytes by pages of so many, by continuation tokens that are offsets. */
function paged(bytes: Buffer, pageBytes: number) {
  return ({ request }: StateRequest) => {
    const token = request.case === 'get' ? Buffer.from(request.value.continuationToken).toString() : '';
    const from = Number(token);
    const to = from + pageBytes;
    const data = bytes.subarray(from, to);
    return to < bytes.length ? { data, next: Buffer.from(String(to)) } : { data };
  };
}

function group(values: Buffer): Buffer {
  return Buffer.concat([header, lengthPrefixed('key'), values]);
}

/** An int32 count and the values; or, by blocks, -1 and for each a count, then 0, or -1 and a token. */
function counted(values: readonly string[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeInt32BE(values.length);
  return Buffer.concat([count, ...values.map(lengthPrefixed)]);
}

function inBlocks(blocks: readonly (readonly string[])[], token?: string): Buffer {
  const encoded = blocks.flatMap((values) => [Buffer.from([values.length]), ...values.map(lengthPrefixed)]);
  const minusOne = Buffer.from('ffffffffffffffffff01', 'hex');
  const end = token === undefined ? Buffer.from([0]) : Buffer.concat([minusOne, lengthPrefixed(token)]);
  return Buffer.concat([Buffer.from('ffffffff', 'hex'), ...encoded, end]);
}

describe('the values of a key', () => {
  const inMemory = [
    ['counted', counted(words)],
    ['without any', counted([])],
    ['in blocks', inBlocks([words.slice(0, 2), words.slice(2)])],
    ['in no blocks', inBlocks([])],
  ] as const;
  for (const [form, values] of inMemory) {
    it(`are read as often as wanted, ${form}`, async () => {
      await withWorker({ readTwice }, async (runner) => {
        runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'readTwice', input: 'group' }));
        const processed = runner.process('bundle', 'stage');
        await runner.send('bundle', 'source', group(values), true);
        await processed;
        const expected = /without|no blocks/.test(form) ? [] : words;
        assert.deepEqual(decodeOutput(await runner.output('bundle', 'sink')), [...expected, ...expected]);
        assert.equal(runner.metadata.get('state'), undefined);
      });
    });
  }

  for (const pageBytes of [1, 4, 7, 1000]) {
    it(`are asked of the runner, by pages of ${pageBytes} bytes wherever they end`, async () => {
      await withWorker({ readTwice }, async (runner) => {
        runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'readTwice', input: 'stored group' }));
        const stored = Buffer.concat(words.slice(1).map(lengthPrefixed));
        const asked: string[] = [];
        const pages = paged(stored, pageBytes);
        runner.keep = (request) => {
          const key = request.stateKey?.type;
          asked.push(`${request.instructionId} ${key?.case === 'runner' ? Buffer.from(key.value.key) : key?.case}`);
          return pages(request);
        };
        const processed = runner.process('bundle', 'stage');
        // Two elements: behind a token the next one goes on.
        const element = group(inBlocks([words.slice(0, 1)], 'token-9'));
        await runner.send('bundle', 'source', Buffer.concat([element, element]), true);
        await processed;
        const sent = decodeOutput(await runner.output('bundle', 'sink'));
        assert.deepEqual(sent, [...words, ...words, ...words, ...words]);
        assert.deepEqual(new Set(asked), new Set(['bundle token-9']));
        assert.equal(asked.length, 4 * Math.ceil(stored.length / pageBytes));
        assert.equal(runner.metadata.get('state')?.['worker_id'], 'worker-7');
      });
    });
  }

  it('fail the bundle, when the runner does not give them', async () => {
    await withWorker({ readTwice }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'readTwice', input: 'stored group' }));
      runner.keep = () => ({ error: 'evicted' });
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', group(inBlocks([], 'token-1')), true);
      assert.match(await failing, /^the step at key "key": INTERNAL: the runner does not give what it keeps: evicted/);
    });
  });

  it('fail the bundle, when they end inside one of them', async () => {
    await withWorker({ readTwice }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'readTwice', input: 'stored group' }));
      runner.keep = () => ({ data: lengthPrefixed('cut').subarray(0, 2) });
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', group(inBlocks([], 'token-1')), true);
      assert.match(await failing, /end inside one of them: 2 bytes are left/);
    });
  });
});

describe('a side input', () => {
  const join = (): DoFn => ({ process: (_element, c) => emitAll(c.sideInput('words'), c) });

  it('is read by its name, page by page', async () => {
    await withWorker({ join }, async (runner) => {
      const shape = { id: 'stage', url: runner.endpoint, doFn: 'join', sideInput: 'words' } as const;
      runner.describe(describeStage(shape));
      const keys: unknown[] = [];
      const pages = paged(Buffer.concat(words.map(lengthPrefixed)), 8);
      runner.keep = (request) => {
        const key = request.stateKey?.type;
        if (key?.case === 'iterableSideInput')
          keys.push([key.value.transformId, key.value.sideInputId, key.value.window.length]);
        return pages(request);
      };
      const processed = runner.process('bundle', 'stage');
      await runner.send('bundle', 'source', Buffer.concat([header, lengthPrefixed('x')]), true);
      await processed;
      assert.deepEqual(decodeOutput(await runner.output('bundle', 'sink')), words);
      assert.deepEqual(keys[0], ['step', 'words', 0]);
    });
  });

  it('that the transform has not is refused', async () => {
    await withWorker({ join }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'join' }));
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', Buffer.concat([header, lengthPrefixed('x')]), true);
      assert.match(await failing, /the step has no side input named words/);
    });
  });
});
