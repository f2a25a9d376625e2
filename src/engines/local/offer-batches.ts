import type { PlannedStage } from '../../pipeline/index.js';
import { isIntactRange } from '../journal/intact-files.js';
import type { StageResult, StageUnit } from '../task/task.js';
import type { FanOuts, UndoneBatch } from './fan-outs.js';
import type { Resumption } from './resumption.js';

interface Offer {
  readonly node: number;
  readonly file: string;
  readonly batches: readonly UndoneBatch[];
}

/**
 * Offers to the workers the batches that an earlier attempt wrote and nobody has worked on.
 *
 * @returns whether they are all as they were written; if not, none is offered, and the unit is to be done again.
 */
export async function offerBatches(
  stage: PlannedStage,
  unit: StageUnit,
  { fanOuts: written }: StageResult,
  fanOuts: FanOuts,
  resumption: Resumption,
): Promise<boolean> {
  const key = resumption.unitKey(stage, unit);
  const offers: Offer[] = [];
  for (const part of written) {
    const output = stage.outputs[part.output];
    if (output?.kind !== 'fanOut') return false;
    const batches = fanOuts.undone(output.node, key, part);
    for (const batch of batches) if (!(await isIntactRange({ file: part.file, ...batch }))) return false;
    offers.push({ node: output.node, file: part.file, batches });
  }
  for (const { node, file, batches } of offers) fanOuts.offer(node, { file, unit: key }, batches);
  return true;
}
