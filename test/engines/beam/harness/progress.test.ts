import assert from 'node:assert/strict';
import type { DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import type {
  ProcessBundleProgressResponse,
  ProcessBundleSplitResponse,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { bytesElement, decodeOutput, describeStage } from './descriptors.js';
import { Events } from './events.js';
import type { FakeRunner } from './fake-runner.js';
import { withWorker } from './fake-worker.js';

/** Works on an element until the test lets it go on. */
function stepwise() {
  const entered = new Events<string>();
  const released = new Events<string>();
  const doFn = (): DoFn => ({
    async process(element, c) {
      const name = Buffer.from(element as Uint8Array).toString();
      c.counter('seen', 2);
      c.counter('taken back', -3);
      entered.add(name);
      await released.find((released) => released === name);
      await c.emit('out', element);
    },
  });
  return { entered, released, doFn };
}

interface Wish {
  readonly fraction: number;
  readonly estimated: number;
  readonly allowed?: readonly number[];
}

/** @returns the last element kept and the first given away, or nothing where the worker refuses */
async function split(
  runner: FakeRunner,
  instructionId: string,
  { fraction, estimated, allowed = [] }: Wish,
): Promise<number[]> {
  const desired = {
    fractionOfRemainder: fraction,
    estimatedInputElements: BigInt(estimated),
    allowedSplitPoints: allowed.map(BigInt),
  };
  const { case: kind, value } = await runner.ask({
    case: 'processBundleSplit',
    value: { instructionId, desiredSplits: { source: desired } },
  });
  assert.equal(kind, 'processBundleSplit');
  const { channelSplits, primaryRoots, residualRoots } = value as ProcessBundleSplitResponse;
  assert.deepEqual([primaryRoots, residualRoots], [[], []]);
  for (const { transformId } of channelSplits) assert.equal(transformId, 'source');
  return channelSplits.flatMap((found) => [Number(found.lastPrimaryElement), Number(found.firstResidualElement)]);
}

describe('a bundle that is split', () => {
  it('is refused before its first element, and given away in parts after it', async () => {
    const { entered, released, doFn } = stepwise();
    await withWorker({ step: doFn }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'step' }));
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0.5, estimated: 10 }), [], 'no such bundle yet');
      const processed = runner.process('bundle', 'stage');
      await runner.dataStream(1);
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0.5, estimated: 10 }), [], 'before the first element');
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0, estimated: 10 }), [], 'refused again');
      for (let i = 0; i < 10; i++) await runner.send('bundle', 'source', bytesElement(`e${i}`), i === 9);
      await entered.find((name) => name === 'e0');
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0.5, estimated: 10 }), [4, 5]);
      assert.deepEqual(await split(runner, 'bundle', { fraction: 1, estimated: 10 }), [], 'nothing is left to give');
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0.5, estimated: 5, allowed: [3, 4, 7] }), [2, 3]);
      released.add('e0');
      await entered.find((name) => name === 'e1');
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0, estimated: 3 }), [1, 2]);
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0, estimated: 3 }), [], 'the element in work is kept');
      released.add('e1');
      await processed;
      assert.deepEqual(decodeOutput(await runner.output('bundle', 'sink')), ['e0', 'e1']);
      assert.deepEqual(entered.all, ['e0', 'e1']);
      assert.deepEqual(await split(runner, 'bundle', { fraction: 0.5, estimated: 10 }), [], 'it is over');
    });
  });

  it('is answered while elements are worked on in a loop that waits for nothing', async () => {
    let rounds = 0;
    const busy = (): DoFn => ({
      process() {
        const until = performance.now() + 5;
        while (performance.now() < until) rounds++;
      },
    });
    await withWorker({ busy }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'busy' }));
      const processed = runner.process('bundle', 'stage');
      let over = false;
      void processed.then(() => {
        over = true;
      });
      const count = 1000;
      await runner.send(
        'bundle',
        'source',
        Buffer.concat(Array.from({ length: count }, () => bytesElement('x'))),
        true,
      );
      let kept: number[] = [];
      while (kept.length === 0 && !over) kept = await split(runner, 'bundle', { fraction: 0, estimated: count });
      const { monitoringInfos } = await processed;
      const elements = monitoringInfos.find(({ labels }) => labels['PCOLLECTION'] === 'read');
      const [, firstResidual = 0] = kept;
      assert.ok(firstResidual > 0 && firstResidual < count, `split at ${kept} after ${rounds} rounds`);
      assert.equal(decodeVarint(elements?.payload), BigInt(firstResidual));
    });
  });
});

describe('what a worker measures', () => {
  it('is told while it works and afterwards, in full and by short ids', async () => {
    const { entered, released, doFn } = stepwise();
    await withWorker({ step: doFn }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'step' }));
      const processed = runner.process('bundle', 'stage');
      await runner.send('bundle', 'source', bytesElement('a'));
      await runner.send('bundle', 'source', bytesElement('b'), true);
      released.add('a');
      await entered.find((name) => name === 'b');
      const { value } = await runner.ask({ case: 'processBundleProgress', value: { instructionId: 'bundle' } });
      const progress = value as ProcessBundleProgressResponse;
      assert.equal(progress.consumingReceivedData, true);
      assert.deepEqual(await meanings(runner, progress), {
        'element_count read': 2n,
        'element_count made': 1n,
        'read_index source': 1n,
        'sum_int64 step ailab-datasets seen': 4n,
        'sum_int64 step ailab-datasets taken back': -6n,
      });
      released.add('b');
      const last = await processed;
      assert.deepEqual(await meanings(runner, last), {
        'element_count read': 2n,
        'element_count made': 2n,
        'read_index source': 1n,
        'sum_int64 step ailab-datasets seen': 4n,
        'sum_int64 step ailab-datasets taken back': -6n,
      });
      assert.deepEqual(Object.keys(last.monitoringData).sort(), Object.keys(progress.monitoringData).sort());
      const harness = await runner.ask({ case: 'harnessMonitoringInfos', value: {} });
      assert.equal(harness.case, 'harnessMonitoringInfos');
      const over = await runner.ask({ case: 'processBundleProgress', value: { instructionId: 'bundle' } });
      assert.deepEqual((over.value as ProcessBundleProgressResponse).monitoringInfos, []);
    });
  });

  it('begins anew with each bundle', async () => {
    const { released, doFn } = stepwise();
    await withWorker({ step: doFn }, async (runner) => {
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'step' }));
      released.add('a');
      for (const bundle of ['one', 'two']) {
        const processed = runner.process(bundle, 'stage');
        await runner.send(bundle, 'source', bytesElement('a'), true);
        const measured = await meanings(runner, await processed);
        assert.equal(measured['sum_int64 step ailab-datasets seen'], 2n);
        assert.equal(measured['element_count made'], 1n);
      }
    });
  });
});

/** What short ids mean, as the runner finds out, and that the full answer says the same. */
async function meanings(
  runner: FakeRunner,
  { monitoringData, monitoringInfos }: Pick<ProcessBundleProgressResponse, 'monitoringData' | 'monitoringInfos'>,
): Promise<Record<string, bigint>> {
  const asked = await runner.ask({ case: 'monitoringInfos', value: { monitoringInfoId: Object.keys(monitoringData) } });
  assert.ok(asked.case === 'monitoringInfos');
  const name = ({ urn, labels }: { urn: string; labels: Record<string, string> }): string =>
    [
      /([a-z_0-9]+):v1$/.exec(urn)?.[1],
      labels['PCOLLECTION'],
      labels['PTRANSFORM'],
      labels['NAMESPACE'],
      labels['NAME'],
    ]
      .filter((part) => part !== undefined)
      .join(' ');
  const byId = Object.entries(asked.value.monitoringInfo).map(([id, info]) => {
    assert.equal(info.type, 'beam:metrics:sum_int64:v1');
    return [name(info), decodeVarint(monitoringData[id])] as const;
  });
  const full = monitoringInfos.map((info) => [name(info), decodeVarint(info.payload)] as const);
  assert.deepEqual(Object.fromEntries(byId), Object.fromEntries(full));
  return Object.fromEntries(full);
}

function decodeVarint(bytes: Uint8Array | undefined): bigint {
  const value = (bytes ?? new Uint8Array()).reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 127), 0n);
  return BigInt.asIntN(64, value);
}
