/** A step with what has to be done before it: references of other steps. */
export interface Waiting {
  readonly reference: string;
  readonly upstreams: readonly string[];
  readonly after: readonly string[];
}

/**
 * Does something for each step when all that it waits for is done, a bounded number at once, those that come first in `steps` first.
 *
 * @param limit how many at once
 * @param work never throws: what goes wrong is a result
 */
export async function inOrder<S extends Waiting>(
  steps: readonly S[],
  limit: number,
  work: (step: S) => Promise<void>,
): Promise<void> {
  const waiting = new Map(steps.map((step) => [step.reference, step]));
  const undone = new Set(waiting.keys());
  const running = new Set<Promise<void>>();
  while (waiting.size > 0 || running.size > 0) {
    for (const [reference, step] of waiting) {
      if (running.size >= limit) break;
      if (step.upstreams.some((name) => undone.has(name)) || step.after.some((name) => undone.has(name))) continue;
      waiting.delete(reference);
      const run: Promise<void> = work(step).then(() => {
        undone.delete(reference);
        running.delete(run);
      });
      running.add(run);
    }
    if (running.size === 0) return;
    await Promise.race(running);
  }
}
