import { formatDuration, type Style, textWidth, truncate } from '../terminal/index.js';
import {
  amountText,
  fractionDone,
  type ProgressUnit,
  rateText,
  rowRate,
  type StageProgress,
  secondsLeft,
} from './stage-progress.js';

const barColumns = 24;
const stageColumns = 18;

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
  const parts = [
    fraction === undefined
      ? `${stage.tasksDone}/${stage.tasks} tasks`
      : `${String(Math.floor(fraction * 100)).padStart(3)} %`,
    amountText(stage.rows, unit),
    rateText(rowRate(stage, seconds), unit),
    timeText(stage, seconds),
  ];
  const figures = parts.filter((part) => part !== '').join('  ');
  const withoutBar = `${name}  ${figures}`;
  const room = columns - 1;
  if (textWidth(withoutBar) + barColumns + 2 > room) return truncate(withoutBar, room);
  return `${style.bold(name)}  ${bar(fraction, style)}  ${figures}`;
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
