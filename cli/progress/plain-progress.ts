import type { BuildProgress } from '../../src/engines/index.js';
import { formatCount, formatDuration, type TextOutput } from '../terminal/index.js';
import type { ProgressDisplay } from './progress-display.js';
import {
  advance,
  amountText,
  fractionDone,
  type ProgressUnit,
  rateText,
  rowRate,
  rowsText,
  type StageProgress,
  type Stages,
  secondsLeft,
} from './stage-progress.js';

/** A log of a build that takes an hour should be read in a minute. */
const secondsBetweenLines = 10;

/** Progress as lines for logs: when a stage begins and ends, and now and then between. */
export class PlainProgress implements ProgressDisplay {
  readonly #output: TextOutput;
  readonly #clock: () => number;
  readonly #unit: ProgressUnit;
  #stages: Stages = new Map();
  #lastLineAt = 0;
  #closed = false;

  constructor(output: TextOutput, clock: () => number, unit: ProgressUnit = 'rows') {
    this.#unit = unit;
    this.#output = output;
    this.#clock = clock;
  }

  onProgress(event: BuildProgress): void {
    if (this.#closed) return;
    const now = this.#clock();
    this.#stages = advance(this.#stages, event, now);
    const stage = this.#stages.get(event.stage);
    if (stage === undefined) return;
    const unit = stage.unit ?? this.#unit;
    if (event.type === 'stage-start') this.#line(now, `${stage.stage}: ${startText(stage, unit)}`);
    else if (event.type === 'stage-end') this.#line(now, `${stage.stage}: ${endText(stage, now, unit)}`);
    else if (now - this.#lastLineAt >= secondsBetweenLines)
      this.#line(now, `${stage.stage}: ${progressText(stage, now, unit)}`);
  }

  note(line: string): void {
    this.#output.write(`${line}\n`);
  }

  close(): void {
    this.#closed = true;
  }

  #line(now: number, text: string): void {
    this.#lastLineAt = now;
    this.#output.write(`${text}\n`);
  }
}

function startText(stage: StageProgress, unit: ProgressUnit): string {
  const tasks = `${formatCount(stage.tasks)} ${stage.tasks === 1 ? 'task' : 'tasks'}`;
  return stage.expectedRows === undefined ? tasks : `${tasks}, ${amountText(stage.expectedRows, unit)}`;
}

function endText(stage: StageProgress, now: number, unit: ProgressUnit): string {
  const seconds = (stage.endedAt ?? now) - stage.startedAt;
  return `done, ${rowsText(stage, unit)} in ${formatDuration(seconds)} (${rateText(rowRate(stage, now), unit)})`;
}

function progressText(stage: StageProgress, now: number, unit: ProgressUnit): string {
  const fraction = fractionDone(stage);
  const left = secondsLeft(stage, now);
  const parts = [
    fraction === undefined ? `${stage.tasksDone}/${stage.tasks} tasks` : `${Math.floor(fraction * 100)} %`,
    rowsText(stage, unit),
    rateText(rowRate(stage, now), unit),
    ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
  ];
  return parts.join(', ');
}
