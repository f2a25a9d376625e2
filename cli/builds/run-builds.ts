import type { BuildEvent, BuildOptions, BuildResult } from '../../src/build/index.js';
import { formatReference, parseReference } from '../../src/core/names/index.js';
import type { JobDetached } from '../../src/engines/index.js';
import type { CommandContext } from '../frame/command-module.js';
import { renderError, reportError } from '../frame/report-error.js';
import { type ProgressDisplay, progressDisplay } from '../progress/index.js';
import { printable } from '../terminal/index.js';
import { badRowsText } from './bad-rows-text.js';
import { jobText } from './job-text.js';
import { resumedText } from './resumed-text.js';

/** How one of several builds ended. */
export type BuildOutcome =
  | { readonly reference: string; readonly result: BuildResult }
  | { readonly reference: string; readonly error: unknown }
  /** A job does it, for which nobody waits. */
  | { readonly reference: string; readonly detached: JobDetached };

/**
 * Builds one after the other: each uses all workers. One that fails does not keep the others from being built; an interruption does.
 *
 * @throws the error of the only build, where there is but one
 */
export async function runBuilds(
  references: readonly string[],
  options: BuildOptions,
  context: CommandContext,
): Promise<readonly BuildOutcome[]> {
  const [{ build }, { JobDetached }] = await Promise.all([
    import('../../src/build/index.js'),
    import('../../src/engines/index.js'),
  ]);
  const outcomes: BuildOutcome[] = [];
  const isVerbose = context.flags.verbose === true;
  for (const reference of references) {
    const display = progressDisplay(context);
    let failed: unknown;
    try {
      const result = await build(reference, {
        ...options,
        onProgress: (event) => showBuildEvent(event, display, isVerbose),
      });
      display.ended?.(result);
      outcomes.push({ reference, result });
    } catch (error) {
      if (error instanceof JobDetached && error.cause === undefined) {
        outcomes.push({ reference, detached: error });
        continue;
      }
      if (references.length === 1 || context.signal.aborted) throw error;
      outcomes.push({ reference, error });
      failed = error;
    } finally {
      display.close();
    }
    if (failed !== undefined) showFailure(reference, failed, context);
  }
  return outcomes;
}

/** Shows what a build says of itself. `isVerbose`: with all messages of the job that does it. */
export function showBuildEvent(event: BuildEvent, display: ProgressDisplay, isVerbose = false): void {
  switch (event.type) {
    case 'build-start':
      display.label?.({ dataset: event.dataset, config: event.config, version: event.version });
      display.note(formatReference({ name: event.dataset, config: event.config, version: event.version }));
      break;
    case 'build-waiting': {
      const since = event.startedAt === undefined ? '' : `, started ${event.startedAt}`;
      display.note(`waiting for ${event.host}, pid ${event.pid}${since}, which builds the same version`);
      break;
    }
    case 'build-resumed':
      display.note(resumedText(event, Date.now()));
      break;
    case 'bad-rows':
      display.note(badRowsText(event.report));
      break;
    case 'job-start':
    case 'job-state':
    case 'job-message': {
      const line = jobText(event, isVerbose);
      if (line !== undefined) display.note(line);
      break;
    }
    case 'report-written':
      if (event.outcome !== 'published' && event.outcome !== 'attested') {
        display.note(`what is known of this build: ailab-datasets builds show ${event.id}`);
      }
      break;
    case 'report-failed':
      display.note(`the report of this build could not be written: ${printable(event.message)}`);
      break;
    case 'build-staged':
      display.label?.({ buildId: event.buildId });
      break;
    case 'publish-start':
    case 'build-end':
      break;
    default:
      display.onProgress(event);
  }
}

/** At once, in place of at the end: the other builds may take hours. */
function showFailure(reference: string, error: unknown, { terminal, flags, log }: CommandContext): void {
  if (log !== undefined) {
    const { name: dataset, config, version } = parseReference(reference);
    log.error(reportError(error), { dataset, config, version });
    return;
  }
  if (flags.json === true) return;
  const { notes } = terminal;
  notes.write(
    `${notes.style.bold(reference)} ${renderError(reportError(error), notes.style, flags.verbose === true)}\n`,
  );
}
