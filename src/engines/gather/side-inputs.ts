import { internalError } from '../../core/errors/index.js';
import type { Plan } from '../../pipeline/index.js';
import type { UnitJournal } from '../journal/unit-entry.js';
import type { SideInputTask } from '../task/task.js';
import type { KeptElements } from './kept-elements.js';

/** The task that makes a side input of what was kept for it. */
export function sideInputTask(
  plan: Plan,
  node: number,
  kept: KeptElements,
  filePrefix: string,
  journal: UnitJournal | undefined,
): SideInputTask {
  for (const output of plan.stages.flatMap(({ outputs }) => outputs)) {
    if (output.kind !== 'sideInput' || output.node !== node) continue;
    const { form } = output;
    const slices = kept.slices('sideInput', node);
    return { kind: 'sideInput', node, form, slices, file: `${filePrefix}-value`, filePrefix, journal };
  }
  throw internalError(`the plan has no side input ${node}`);
}
