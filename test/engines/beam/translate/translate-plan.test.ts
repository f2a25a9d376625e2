import assert from 'node:assert/strict';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ParDoPayloadSchema,
  type Pipeline,
  PipelineSchema,
} from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { decodeStepPayload } from '../../../../src/engines/beam/translate/step.js';
import { translatePlan } from '../../../../src/engines/beam/translate/translate-plan.js';
import { buildGraph, planPipeline } from '../../../../src/pipeline/index.js';
import { type PipelineName, pipelines } from '../../fixtures/pipelines.js';

const builder = {
  module: 'file:///project/builder.js',
  name: 'pipelines',
  config: 'groups',
  version: '1.0.0',
  manualDirectory: undefined,
};
const job = { workLocation: '/work', name: 'job', digest: 'a'.repeat(64) };
const hints = { b: Buffer.from('2'), a: Buffer.from('1') };

async function translated(name: PipelineName, resourceHints: Readonly<Record<string, Uint8Array>> = {}) {
  const facts = { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} };
  const graph = await buildGraph((p) => pipelines[name](p), { facts, mayAskFacts: true });
  const { fingerprint } = graph;
  const environment = { urn: 'beam:env:external:v1', payload: Buffer.from('there') };
  const capabilities = ['beam:coder:bytes:v1'];
  return translatePlan(planPipeline(graph), { builder, fingerprint, job, environment, capabilities, resourceHints });
}

const componentsOf = ({ components }: Pipeline) => components ?? assert.fail('a pipeline has components');

describe('a translated plan', () => {
  it('names its transforms for the stages, inputs first', async () => {
    const { rootTransformIds } = await translated('groups');
    assert.deepEqual(rootTransformIds, [
      'start/Impulse',
      'start/Begin',
      'read#0/Gather',
      'read#0/Plan',
      'read#0/Deal',
      'read#0/Run',
      'groupByKey#2/Results',
      'groupByKey#2/Gather',
      'groupByKey#2/Plan',
      'groupByKey#2/Deal',
      'groupByKey#2/Run',
      'shards/Results',
      'shards/Gather',
      'shards/Plan',
      'shards/Deal',
      'shards/Encode',
      'finish/Results',
      'finish/Gather',
      'finish/List',
    ]);
  });

  it('has the same bytes each time, whatever the order of what it is told', async () => {
    const [first, second] = [
      await translated('sideInputs', hints),
      await translated('sideInputs', { a: hints.a, b: hints.b }),
    ];
    assert.deepEqual(toBinary(PipelineSchema, first), toBinary(PipelineSchema, second));
    for (const map of Object.values(componentsOf(first))) {
      if (typeof map === 'object') assert.deepEqual(Object.keys(map), Object.keys(map).sort());
    }
  });

  it('says in each payload what it does, of which build', async () => {
    const { transforms } = componentsOf(await translated('sideInputs'));
    const payloads = Object.entries(transforms).flatMap(([name, { spec }]) => {
      if (spec?.urn !== 'beam:transform:pardo:v1') return [];
      const { doFn } = fromBinary(ParDoPayloadSchema, spec.payload);
      assert.equal(doFn?.urn, 'ailab-datasets:dofn:task:v1');
      return [[name, decodeStepPayload(doFn.payload)] as const];
    });
    const written = payloads.filter(([, { step }]) => step.kind === 'sideInput').map(([name]) => name);
    assert.equal(written.length, 3);
    assert.ok(written.every((name) => /^sideInput#\d+\/Write$/.test(name)));
    for (const [, payload] of payloads) {
      const { manualDirectory: _, ...rest } = builder;
      assert.deepEqual(payload.builder, rest);
      assert.deepEqual(payload.job, job);
    }
  });

  it('has stages wait for side inputs, and reaches all with an element where nothing was made', async () => {
    const { transforms } = componentsOf(await translated('sideInputs'));
    const reads = (name: string) => Object.values(transforms[name]?.inputs ?? {}).sort();
    const barriers = Object.keys(transforms).filter((name) => name.endsWith('/Gather'));
    for (const barrier of barriers) {
      const [input = ''] = reads(barrier);
      const inputs = input === 'start/Begin.out' ? [input] : reads(input.replace(/\.out$/, ''));
      assert.ok(inputs.includes('start/Begin.out'), `${barrier} opens only where something was made`);
    }
    const last = Object.keys(transforms).filter((name) => reads(name).some((input) => /^sideInput/.test(input)));
    assert.ok(last.some((name) => reads(name).filter((input) => /^sideInput.*Write\.out$/.test(input)).length === 3));
  });

  it('has one environment, one windowing and no requirement', async () => {
    const pipeline = await translated('joined', hints);
    const { environments, windowingStrategies, transforms } = componentsOf(pipeline);
    const [[id, environment] = assert.fail(), ...others] = Object.entries(environments);
    assert.deepEqual([others, pipeline.requirements], [[], []]);
    assert.deepEqual(Object.keys(environment.resourceHints), ['a', 'b']);
    assert.deepEqual(environment.capabilities, ['beam:coder:bytes:v1']);
    assert.equal(Object.keys(windowingStrategies).length, 1);
    for (const { spec, environmentId } of Object.values(transforms))
      assert.equal(environmentId, spec?.urn === 'beam:transform:pardo:v1' ? id : '');
  });
});
