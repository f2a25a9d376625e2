import { type BuildEvent, type BuildResult, build } from '../../build/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { openRegistry, readBuildReport } from '../../registry/index.js';
import type { RebuildStep } from '../plan/rebuild-plan.js';
import { type StepError, stepError } from '../step-error.js';
import type { RebuildEvent } from './events.js';
import type { StepOutcome, StepStatus } from './rebuild-report.js';
import { type Retrying, retrying } from './retry.js';
import { withTimeLimit } from './time-limit.js';

/** What all steps of a run share. */
export interface StepRun extends Retrying {
  readonly config: ResolvedConfig;
  /** What is due is due at this time. */
  readonly now: Date;
  readonly onEvent: (event: RebuildEvent) => void;
  /** Of the class, where it holds on this machine. */
  readonly timeoutSeconds: (step: RebuildStep) => number | undefined;
}

/** What a step's builds came to. */
export type Ended = Omit<StepOutcome, 'step' | 'becauseOf'> & { readonly thrown?: unknown };

/**
 * Builds one step, again where a fault of a machine or a network is met. `build` looks again at what it is made with: where that gives what is published, it does nothing.
 */
export async function runStep(step: RebuildStep, run: StepRun): Promise<Ended> {
  const begun = run.clock.now().getTime();
  const seconds = () => (run.clock.now().getTime() - begun) / 1000;
  let attempts = 0;
  const work = (attempt: number): Promise<BuildResult> => {
    attempts = attempt;
    run.onEvent({ type: 'step-start', step, attempt });
    return buildOnce(step, run);
  };
  const onRetry = (attempt: number, error: StepError, pauseSeconds: number): void =>
    run.onEvent({ type: 'step-retry', step, attempt, error, pauseSeconds });
  try {
    const result = await retrying(run, work, onRetry);
    const bytesBilled = await billed(step, result.report, run);
    return { ...resultPart(step, result), bytesBilled, attempts, seconds: seconds() };
  } catch (thrown) {
    return { ...errorPart(step, stepError(thrown), run), thrown, attempts, seconds: seconds() };
  }
}

function buildOnce(step: RebuildStep, run: StepRun): Promise<BuildResult> {
  const { clock, signal, config } = run;
  const limit = { seconds: run.timeoutSeconds(step), what: `the build of ${step.reference}`, clock, signal };
  return withTimeLimit(limit, (stop, time) => {
    const onProgress = (event: BuildEvent): void => {
      if (event.type === 'build-waiting') time.stop();
      else time.goOn();
      run.onEvent({ type: 'step-progress', step, event });
    };
    // A snapshot that is published stays as it is: there is nothing to look at.
    const ifExists = step.snapshot === undefined ? 'check' : 'skip';
    return build(step.reference, { config, signal: stop, onProgress, ifExists, now: run.now, tellsFailure: false });
  });
}

/** Of a build that published or attested something: what stands in its report. Where that can't be read, the most that it can have been. */
async function billed(
  { bytesToBill }: RebuildStep,
  report: string | undefined,
  { config }: StepRun,
): Promise<number | undefined> {
  if (bytesToBill === 0 || report === undefined) return 0;
  try {
    return (await readBuildReport(openRegistry(config.registry), report))?.bytesBilled ?? bytesToBill;
  } catch (error) {
    if (error instanceof DatasetsError) return bytesToBill;
    throw error;
  }
}

function resultPart(step: RebuildStep, result: BuildResult) {
  const { contentDigest, directory, splits, movedAlias } = result;
  const movedAliases = movedAlias === undefined ? [] : [movedAlias.name];
  const examples = splits.reduce((sum, split) => sum + split.examples, 0);
  const [status, because] = statusOf(step, result);
  return { status, because, hint: undefined, error: undefined, contentDigest, directory, examples, movedAliases };
}

function statusOf({ action, because, snapshot }: RebuildStep, { status }: BuildResult): readonly [StepStatus, string] {
  switch (status) {
    case 'built':
      return ['published', action === 'build' && snapshot === undefined ? 'it was not published' : because];
    case 'attested':
      return ['attested', `${because}, and it gives the same data`];
    case 'exists':
      return action === 'build'
        ? ['elsewhere', 'another run published it meanwhile']
        : ['unchanged', snapshot === undefined ? 'it is what a build would give' : because];
  }
}

function errorPart(step: RebuildStep, error: StepError, { signal }: StepRun) {
  const nothing = { contentDigest: undefined, directory: undefined, examples: undefined, movedAliases: [] };
  const common = { bytesBilled: step.bytesToBill, error, ...nothing };
  if (signal.aborted) {
    const because = 'the run was ended while it was built; the next one goes on from there';
    return { status: 'not-run', because, hint: undefined, ...common } as const;
  }
  const status = error.isRefusal ? 'person' : 'failed';
  return { status, because: error.message, hint: error.hint, ...common } as const;
}
