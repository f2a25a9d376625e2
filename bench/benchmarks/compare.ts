import type { BenchmarkContext } from '../benchmark.js';
import { type Figure, median } from '../measure/figures.js';
import { describeSample, type Sample, type Side, sideBySide } from '../measure/side-by-side.js';

/** Seconds that a peer's script measured itself, without the time of its imports: in the peer's favour. */
export function reportedSeconds({ report }: { readonly report: Readonly<Record<string, unknown>> }): number {
  const { seconds } = report;
  if (typeof seconds !== 'number') throw new TypeError('the script reported no seconds');
  return seconds;
}

/** Runs ours beside a peer. */
export async function compare(
  context: BenchmarkContext,
  ours: Omit<Side, 'runs'>,
  peer: Omit<Side, 'runs'>,
): Promise<readonly [ours: Sample, peer: Sample]> {
  const sides = [
    { ...ours, runs: context.runs },
    { ...peer, runs: context.peerRuns },
  ];
  const [first, second] = await sideBySide(sides, context.log);
  if (first === undefined || second === undefined) throw new RangeError('two sides make two samples');
  return [first, second];
}

/** How many times faster ours is: the ratio of the medians. */
export function speedUp(
  title: string,
  [ours, peer]: readonly [Sample, Sample],
  bounds: { readonly floor: number; readonly goal: number },
): Figure {
  const value = median(peer.seconds) / median(ours.seconds);
  return {
    title,
    value,
    unit: 'x',
    better: 'more',
    ...bounds,
    detail: `${describeSample(ours)}; ${describeSample(peer)}`,
  };
}

const memoryLimitMebibytes = 500;

export function peakMemory(title: string, sample: Sample): Figure {
  return {
    title: `${title}: peak memory`,
    value: sample.peakBytes / 2 ** 20,
    unit: 'MiB',
    better: 'less',
    floor: memoryLimitMebibytes,
    goal: memoryLimitMebibytes,
    detail: describeSample(sample),
  };
}
