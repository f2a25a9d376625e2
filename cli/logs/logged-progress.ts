import type { BuildResult } from '../../src/build/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { BuildProgress } from '../../src/engines/index.js';
import type { ProgressDisplay } from '../progress/index.js';
import type { ProgressUnit } from '../progress/stage-progress.js';
import type { Log, LogLabels } from './log.js';

/** Progress as lines of a log: one for each stage, when it has ended. */
export class LoggedProgress implements ProgressDisplay {
  readonly #log: Log;
  readonly #unit: ProgressUnit;
  readonly #units = new Map<string, ProgressUnit>();
  #labels: LogLabels;

  constructor(log: Log, unit: ProgressUnit, labels: LogLabels = {}) {
    this.#log = log;
    this.#unit = unit;
    this.#labels = labels;
  }

  /** What all further lines are about as well. */
  label(labels: LogLabels): void {
    this.#labels = { ...this.#labels, ...labels };
  }

  onProgress(event: BuildProgress): void {
    if (event.type === 'stage-start' && event.unit !== undefined) this.#units.set(event.stage, event.unit);
    if (event.type !== 'stage-end') return;
    const { stage, rows: amount, seconds } = event;
    const unit = this.#units.get(stage) ?? this.#unit;
    const message = `${stage}: ${amount} ${unit} in ${seconds.toFixed(3)} s`;
    this.#log.write('INFO', message, this.#labels, { stage, [unit]: amount, seconds });
  }

  note(line: string): void {
    this.#log.write('INFO', line, this.#labels);
  }

  ended({ status, dataset, config, version, splits, seconds, directory }: BuildResult): void {
    const rows = splits.reduce((sum, split) => sum + split.examples, 0);
    const reference = formatReference({ name: dataset, config, version });
    const fields = { status, rows, seconds, location: directory };
    this.#log.write('INFO', `${reference}: ${statusTexts[status]}`, this.#labels, fields);
  }

  close(): void {
    this.#units.clear();
  }
}

const statusTexts = {
  built: 'published',
  exists: 'was published before, and stays as it is',
  attested: 'gives the same data as before, which is noted',
} as const;
