import { DatasetsError } from '../../core/errors/index.js';
import type { DeclaredSources } from '../../provenance/index.js';
import { inParallel } from '../../storage/index.js';
import { broken, type LookedAt } from './look-at.js';
import { orderSteps } from './order-steps.js';
import { isToDo, type RebuildPlan, type RebuildStep, type StepAction } from './rebuild-plan.js';

/** A candidate, what it is by itself, and what it is made from. */
export interface PlannedCandidate extends LookedAt {
  readonly declared: DeclaredSources | undefined;
  /** References of others. */
  readonly upstreams: readonly string[];
}

/** Dry runs of queries are small requests. */
const atOnce = 8;

/** Puts what was looked at in order, and asks what it would be billed. */
export async function planSteps(
  candidates: readonly PlannedCandidate[],
  touched: ReadonlyMap<string, readonly string[]>,
): Promise<Pick<RebuildPlan, 'steps' | 'bytesToBill'>> {
  const steps = inOrder(candidates).map(({ planned, wave }) => stepOf(planned, wave, touched));
  const decided = withMaybes(steps);
  const bytes = new Map<string, number | undefined>();
  const declared = new Map(candidates.map((planned) => [planned.candidate.reference, planned.declared]));
  const paid = decided.filter(({ action }) => action === 'build' || action === 'rebuild' || action === 'maybe');
  await inParallel(paid, atOnce, async ({ reference }) => {
    bytes.set(reference, await declared.get(reference)?.bytesToBill());
  });
  const billed = decided.map((step) =>
    bytes.has(step.reference) ? { ...step, bytesToBill: bytes.get(step.reference) } : step,
  );
  return { steps: billed, bytesToBill: sumOf(billed) };
}

interface Placed {
  readonly planned: PlannedCandidate;
  readonly wave: number;
}

/** Who is made from itself is a broken step of the first wave, so that all others have their place. */
function inOrder(candidates: readonly PlannedCandidate[]): readonly Placed[] {
  const { circles } = orderSteps(candidates.map((planned) => named(planned, planned.upstreams)));
  if (circles.length === 0) return inWaves(candidates);
  const circleOf = new Map(circles.flatMap((circle) => circle.map((reference) => [reference, circle])));
  return inOrder(
    candidates.map((planned) => {
      const circle = circleOf.get(planned.candidate.reference);
      return circle === undefined
        ? planned
        : { ...planned, ...broken(planned.candidate, circular(circle)), upstreams: [] };
    }),
  );
}

/** Earlier snapshots come first, unless these are made from later ones by way of others. */
function inWaves(candidates: readonly PlannedCandidate[]): readonly Placed[] {
  const ordered = orderSteps(
    candidates.map((planned) => named(planned, [...planned.upstreams, ...planned.candidate.after])),
  );
  const { waves } =
    ordered.circles.length === 0
      ? ordered
      : orderSteps(candidates.map((planned) => named(withoutAfter(planned), planned.upstreams)));
  return waves.flatMap((wave, index) => wave.map(({ planned }) => ({ planned, wave: index + 1 })));
}

function named(planned: PlannedCandidate, upstreams: readonly string[]) {
  return { planned, reference: planned.candidate.reference, upstreams };
}

function withoutAfter(planned: PlannedCandidate): PlannedCandidate {
  return { ...planned, candidate: { ...planned.candidate, after: [] } };
}

function circular(circle: readonly string[]): DatasetsError {
  return new DatasetsError(
    'PIPELINE_INVALID',
    `data sets are made from each other in a circle: ${circle.join(' → ')}`,
    {
      hint: 'Let one of them read a named version of the other (product_a:1.2.0), or something else.',
    },
  );
}

function stepOf(
  { candidate, action, because, hint, error, upstreams }: PlannedCandidate,
  wave: number,
  touched: ReadonlyMap<string, readonly string[]>,
): RebuildStep {
  const { reference, dataset, config, version, snapshot, after } = candidate;
  return {
    ...{ reference, dataset, config, version, snapshot, action, because, hint, wave, upstreams, after },
    aliases: candidate.aliases,
    bytesToBill: 0,
    touchedBy: touched.get(dataset) ?? [],
    error,
  };
}

const changes: ReadonlySet<StepAction> = new Set(['build', 'rebuild', 'maybe']);

/** A published snapshot gives what it gave, whatever becomes of its alias. */
function mayChange(step: RebuildStep | undefined): boolean {
  return step !== undefined && changes.has(step.action) && (step.snapshot === undefined || step.action === 'build');
}

/** In order: what has not changed itself, and is made from what may. Published snapshots stay as they are. */
function withMaybes(steps: readonly RebuildStep[]): readonly RebuildStep[] {
  const decided = new Map<string, RebuildStep>();
  for (const step of steps) {
    const changing = step.upstreams.filter((name) => mayChange(decided.get(name)));
    const isMaybe = !isToDo(step) && step.snapshot === undefined && changing.length > 0;
    decided.set(
      step.reference,
      isMaybe ? { ...step, action: 'maybe', because: `${listed(changing)} may give other data` } : step,
    );
  }
  return [...decided.values()];
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function sumOf(steps: readonly RebuildStep[]): number | undefined {
  return steps.reduce<number | undefined>(
    (sum, { bytesToBill }) => (sum === undefined || bytesToBill === undefined ? undefined : sum + bytesToBill),
    0,
  );
}
