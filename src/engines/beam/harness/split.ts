/** How much of an element that is being worked on counts as done: nobody knows. */
const elementProgress = 0.5;

/** Where a source is: elements are counted from 0 on. */
export interface SplitPosition {
  /** The element that is being worked on; -1 before the first. */
  readonly index: number;
  /** The first element that is left to others already; Infinity where all are ours. */
  readonly stop: number;
}

export interface DesiredSplit {
  /** Of what is left, the part to keep: from 0 to 1. */
  readonly fractionOfRemainder: number;
  /** Elements that may be the first of what is given away; empty where each may. */
  readonly allowedSplitPoints: readonly bigint[];
  /** Elements that the runner means to send; 0 where it doesn't know. */
  readonly estimatedInputElements: bigint;
}

/**
 * Finds the first element to give away, between two elements, as near as may be to the fraction wished for. So does Beam's Python SDK
 * (bundle_processor.py, DataInputOperation._compute_split).
 *
 * @returns undefined where nothing is given away: before the first element (Prism hangs otherwise), and where nothing is left
 */
export function findSplit({ index, stop }: SplitPosition, desired: DesiredSplit): number | undefined {
  if (index < 0) return undefined;
  const total = Math.min(Math.max(Number(desired.estimatedInputElements), index + 1), stop);
  const remainder = total - index - elementProgress;
  const kept = Math.max(1, Math.round(elementProgress + remainder * desired.fractionOfRemainder));
  const split = nearestAllowed(index + kept, index, desired.allowedSplitPoints.map(Number));
  return index < split && split < stop ? split : undefined;
}

/** The later one of two that are as near. @returns -1 where no point behind `index` is allowed */
function nearestAllowed(wished: number, index: number, allowed: readonly number[]): number {
  if (allowed.length === 0) return wished;
  const later = allowed.filter((point) => point > index).sort((a, b) => b - a);
  return later.reduce(
    (best, point) => (Math.abs(point - wished) < Math.abs(best - wished) ? point : best),
    later[0] ?? -1,
  );
}
