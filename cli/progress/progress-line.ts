import { formatDuration, type Style, truncate } from '../terminal/index.js';
import {
  fractionDone,
  type ProgressUnit,
  rateText,
  rowRate,
  rowsText,
  type StageProgress,
  secondsLeft,
} from './stage-progress.js';

const barColumns = 24;
const stageColumns = 18;
const gap = '  ';

/**
 * One stage as one line: `read and transform  ━━━━━━━━────────  42 %  1,234,567 rows  610k/s  12 s left`.
 *
 * @param columns the line is cut there, so that it never wraps
 */
export function progressLine(
  stage: StageProgress,
  seconds: number,
  columns: number,
  style: Style,
  unit: ProgressUnit = 'rows',
): string {
  const fraction = fractionDone(stage);
  const name = truncate(stage.stage, stageColumns).padEnd(stageColumns);
  const share =
    fraction === undefined
      ? `${stage.tasksDone}/${stage.tasks} tasks`
      : `${String(Math.floor(fraction * 100)).padStart(3)} %`;
  const amount = rowsText(stage, unit);
  const rate = rateText(rowRate(stage, seconds), unit);
  const time = timeText(stage, seconds);
  const all = [share, amount, rate, time].join(gap);
  const room = columns - 1 - stageColumns - gap.length;
  if (all.length + barColumns + gap.length <= room) return style.bold(name) + gap + bar(fraction, style) + gap + all;
  // In a narrow terminal the figures that matter least go first.
  const fitting = [all, [share, amount, time].join(gap), [share, time].join(gap)].find(({ length }) => length <= room);
  return truncate(name + gap + (fitting ?? share), columns - 1);
}

function timeText(stage: StageProgress, seconds: number): string {
  if (stage.endedAt !== undefined) return formatDuration(stage.endedAt - stage.startedAt);
  const left = secondsLeft(stage, seconds);
  return left === undefined ? formatDuration(seconds - stage.startedAt) : `${formatDuration(left)} left`;
}

function bar(fraction: number | undefined, style: Style): string {
  const filled = Math.round((fraction ?? 0) * barColumns);
  return style.green('━'.repeat(filled)) + style.dim('─'.repeat(barColumns - filled));
}
