import { rebuild } from '../../../src/schedule/index.js';
import { configBelow } from './world.js';

/** `night-process.js DIRECTORY TIME`: a run in a process of its own, which says a line to its parent at each event, and its report at the end. */
const [directory = '', time = ''] = process.argv.slice(2);
const config = await configBelow(directory);
const report = await rebuild({
  all: true,
  config,
  now: new Date(time),
  parallel: 2,
  retry: { firstPauseSeconds: 0 },
  onEvent: ({ type }) => process.send?.({ type }),
});
process.send?.({ type: 'report', outcomes: report.outcomes.map(({ step, status }) => [step.reference, status]) });
process.disconnect?.();
