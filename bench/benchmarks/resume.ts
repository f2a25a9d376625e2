import type { Benchmark } from '../benchmark.js';
import { median } from '../measure/figures.js';
import { describeSample, sideBySide } from '../measure/side-by-side.js';
import { reportedSeconds } from './compare.js';

/** What it costs to keep note of what is finished, in a build that nobody stops. Processor time, which a busy machine changes least. */
export const resume: Benchmark = {
  name: 'resume',
  description: 'product_b with the journal by which a build is resumed, against product_b without',
  async run(context) {
    const sides = (['on', 'off'] as const).map((mode) => ({
      name: `journal ${mode}`,
      runs: context.runs,
      command: () => context.script('journaled.js', mode, context.folder),
      secondsOf: reportedSeconds,
    }));
    const [on, off] = await sideBySide(sides, context.log);
    if (on === undefined || off === undefined) throw new RangeError('two sides make two samples');
    return [
      {
        title: 'what resuming costs a build of product_b, processor time',
        value: median(on.seconds) / median(off.seconds),
        unit: 'x',
        better: 'less',
        floor: 1.05,
        goal: 1.05,
        detail: `${describeSample(on)}; ${describeSample(off)}`,
      },
    ];
  },
};
