import type { BuildResult } from '../../src/build/index.js';
import type { BuildProgress } from '../../src/engines/index.js';
import type { CommandContext } from '../frame/command-module.js';
import { LoggedProgress, type LogLabels } from '../logs/index.js';
import { LiveProgress } from './live-progress.js';
import { PlainProgress } from './plain-progress.js';
import type { ProgressUnit } from './stage-progress.js';

/** Shows how a build goes on; the same for every kind of output. */
export interface ProgressDisplay {
  onProgress(event: BuildProgress): void;
  /** A line above the stages: what is being built. */
  note(line: string): void;
  /** What is built, for displays that say so on each line. */
  label?(labels: LogLabels): void;
  /** What a build came to, where nobody reads the result. */
  ended?(result: BuildResult): void;
  /** Leaves what was shown as it stands; later events are ignored. */
  close(): void;
}

const silent: ProgressDisplay = { onProgress: () => undefined, note: () => undefined, close: () => undefined };

/** Bars in place on a terminal, plain lines in a log, lines of the log with `--log-format`, nothing with `--quiet`. Always on standard error. */
export function progressDisplay(context: CommandContext, unit: ProgressUnit = 'rows'): ProgressDisplay {
  const { notes } = context.terminal;
  if (context.flags.quiet === true) return silent;
  if (context.log !== undefined) return new LoggedProgress(context.log, unit);
  return notes.isTerminal
    ? new LiveProgress(notes, clock, context.signal, unit)
    : new PlainProgress(notes, clock, unit);
}

/** Seconds that never jump. */
function clock(): number {
  return performance.now() / 1000;
}
