import { DatasetsError } from '../../core/errors/index.js';
import { type PlanOptions, planWithTargets } from '../plan/plan-rebuild.js';
import { isToDo, type RebuildPlan, type RebuildStep } from '../plan/rebuild-plan.js';
import { stepError } from '../step-error.js';
import { Budget } from './budget.js';
import type { RebuildEvent } from './events.js';
import { inOrder } from './in-order.js';
import { countsOf, exitCodeOf, isBad, type RebuildReport, type StepOutcome } from './rebuild-report.js';
import { defaultRetryRules, type Retrying, type RetryRules, retrying } from './retry.js';
import { type RunClock, systemRunClock } from './run-clock.js';
import { runStep, type StepRun } from './run-step.js';
import { tellFailure } from './tell-failures.js';

export interface RebuildOptions extends PlanOptions {
  /** Builds at once, each with all of `workers`. Default: 2; with `dataflow` 8, since the work is done elsewhere. */
  readonly parallel?: number;
  /** Most bytes that a warehouse may bill for the run: what could exceed it is not begun. */
  readonly budgetBytes?: number;
  readonly retry?: Partial<RetryRules>;
  /** Ends the run: builds that have begun are stopped, so that the next run goes on with them. Until the plan is made it throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RebuildEvent) => void;
  /** Default: the machine's. */
  readonly clock?: RunClock;
  /** Jitter of retries, from 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const defaultParallel = { inline: 1, threads: 2, beam: 2, dataflow: 8 } as const;

/**
 * Builds what is stale or due, each data set after those that it is made from, some at once. One that fails keeps no other from being built, but those that are made from it: they would be made from old data.
 *
 * At once again, it builds nothing. Two runs at once build each version once; a run that was killed is gone on with by the next.
 *
 * @throws DatasetsError as `planRebuild`; INTERRUPTED, PREEMPTED before the plan is made. What goes wrong with a build is in the report.
 * @example
 * ```ts
 * const { exitCode, outcomes } = await rebuild({ all: true, config: await loadConfig(), now: new Date() });
 * for (const { step, status, because } of outcomes) console.log(step.reference, status, because);
 * ```
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const { clock = systemRunClock, onEvent = () => undefined } = options;
  const startedAt = clock.now();
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(stopReason(options.signal));
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();
  const retry = { ...defaultRetryRules, ...options.retry };
  const rules: Retrying = { clock, retry, random: options.random ?? Math.random, signal: stopping.signal };
  try {
    const { plan, config, timeoutSeconds, thrown } = await planWithTargets(options, (work) => retrying(rules, work));
    onEvent({ type: 'run-start', plan });
    const run = new Run(
      plan,
      new Budget(options.budgetBytes),
      {
        ...rules,
        config,
        now: options.now,
        onEvent: (event) => {
          tellFailure(event, config);
          onEvent(event);
        },
        timeoutSeconds,
      },
      thrown,
    );
    const outcomes = await run.all(options.parallel ?? defaultParallel[config.runner]);
    const report: RebuildReport = {
      at: plan.at,
      startedAt: startedAt.toISOString(),
      endedAt: clock.now().toISOString(),
      registry: plan.registry,
      outcomes,
      counts: countsOf(outcomes),
      exitCode: exitCodeOf(outcomes),
      bytesBilled: run.bytesBilled,
      budgetBytes: options.budgetBytes,
      interrupted: options.signal?.aborted === true ? stepError(options.signal.reason) : undefined,
      warnings: plan.warnings,
    };
    onEvent({ type: 'run-end', report });
    return report;
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

/** Of one build Ctrl-C leaves nothing; of a night's run it would be hours. What is finished stays. */
function stopReason(signal: AbortSignal | undefined): DatasetsError {
  return new DatasetsError('PREEMPTED', 'the run was ended', {
    hint: 'Run it again: it goes on from what is finished.',
    cause: signal?.reason,
  });
}

/** The outcomes of a run as they come. */
class Run {
  readonly #plan: RebuildPlan;
  readonly #budget: Budget;
  readonly #steps: StepRun;
  readonly #thrown: ReadonlyMap<string, unknown>;
  readonly #outcomes = new Map<string, StepOutcome>();

  /** @param thrown what kept steps from being looked at, by reference */
  constructor(plan: RebuildPlan, budget: Budget, steps: StepRun, thrown: ReadonlyMap<string, unknown>) {
    this.#plan = plan;
    this.#thrown = thrown;
    this.#budget = budget;
    this.#steps = steps;
  }

  get bytesBilled(): number {
    return this.#budget.spentBytes;
  }

  async all(parallel: number): Promise<readonly StepOutcome[]> {
    await inOrder(this.#plan.steps, parallel, async (step) => {
      const { thrown, ...outcome } = await this.#one(step);
      this.#outcomes.set(step.reference, outcome);
      if (isToDo(step)) this.#steps.onEvent({ type: 'step-end', outcome, thrown });
    });
    return this.#plan.steps.flatMap(({ reference }) => this.#outcomes.get(reference) ?? []);
  }

  async #one(step: RebuildStep): Promise<StepOutcome & { readonly thrown?: unknown }> {
    if (!isToDo(step)) return undone(step, 'nothing', step.because);
    const becauseOf = this.#badUpstreams(step);
    if (becauseOf.length > 0) return skipped(step, becauseOf);
    if (step.action === 'person') return { ...undone(step, 'person', step.because), hint: step.hint };
    if (step.error !== undefined) {
      const thrown = this.#thrown.get(step.reference);
      return { ...undone(step, 'failed', step.because), hint: step.hint, error: step.error, thrown };
    }
    if (this.#steps.signal.aborted) return undone(step, 'not-run', 'the run was ended before it');
    if (!this.#budget.reserve(step.bytesToBill)) return overBudget(step);
    const ended = await runStep(step, this.#steps);
    this.#budget.settle(step.bytesToBill, ended.bytesBilled ?? 0);
    return { step, becauseOf: [], ...ended };
  }

  /** What is in the way, by its own name: of what was skipped, what that was skipped for. */
  #badUpstreams({ upstreams }: RebuildStep): readonly string[] {
    const found = upstreams.flatMap((name) => {
      const outcome = this.#outcomes.get(name);
      if (outcome === undefined || !isBad(outcome.status)) return [];
      return outcome.status === 'skipped' ? outcome.becauseOf : [name];
    });
    return [...new Set(found)].sort();
  }
}

/** Of a step that no build was begun for. */
function undone(step: RebuildStep, status: StepOutcome['status'], because: string): StepOutcome {
  const nothing = {
    error: undefined,
    contentDigest: undefined,
    examples: undefined,
    directory: undefined,
    movedAliases: [],
  };
  return { step, status, because, hint: undefined, becauseOf: [], attempts: 0, seconds: 0, bytesBilled: 0, ...nothing };
}

function skipped(step: RebuildStep, becauseOf: readonly string[]): StepOutcome {
  const names = becauseOf.length <= 3 ? becauseOf.join(', ') : `${becauseOf.slice(0, 3).join(', ')} and others`;
  const because = `it is made from ${names}, which ${becauseOf.length === 1 ? 'is not as it' : 'are not as they'} should be`;
  return { ...undone(step, 'skipped', because), becauseOf };
}

function overBudget(step: RebuildStep): StepOutcome {
  const because =
    step.bytesToBill === undefined
      ? 'nobody can say what it would be billed, and the run has a budget'
      : 'it could exceed what is left of the budget';
  return { ...undone(step, 'not-run', because), hint: 'Raise the budget, or rebuild it by its name.' };
}
