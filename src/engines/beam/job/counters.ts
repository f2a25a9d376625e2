import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { MonitoringInfo } from '../protos/pipeline/v1/metrics_pb.js';
import type { JobCounter } from './submitter.js';

const counterUrn = 'beam:metric:user:sum_int64:v1';

/**
 * The counters that DoFns count, of all that a job service measures.
 *
 * Prism's `attempted` is what the bundle counts that said so last, not a sum over all of them: it is taken where it is more than what finished bundles counted.
 */
export function countersOf(
  attempted: readonly MonitoringInfo[],
  committed: readonly MonitoringInfo[],
): readonly JobCounter[] {
  const counters = new Map<string, JobCounter>();
  for (const info of committed) add(counters, info, (value) => ({ attempted: value, committed: value }));
  for (const info of attempted) {
    add(counters, info, (value, before) => ({
      attempted: before !== undefined && before.attempted > value ? before.attempted : value,
      committed: before?.committed,
    }));
  }
  return [...counters.values()];
}

function add(
  counters: Map<string, JobCounter>,
  { urn, labels, payload }: MonitoringInfo,
  values: (value: bigint, before: JobCounter | undefined) => Pick<JobCounter, 'attempted' | 'committed'>,
): void {
  const { PTRANSFORM: transform = '', NAMESPACE: namespace = '', NAME: name = '' } = labels;
  if (urn !== counterUrn || payload.length === 0) return;
  const key = JSON.stringify([transform, namespace, name]);
  // beam:metrics:sum_int64:v1 is encoded as beam:coder:varint:v1, the varint of protocol buffers.
  const value = BigInt(new BinaryReader(payload).int64());
  counters.set(key, { transform, namespace, name, ...values(value, counters.get(key)) });
}
