/** One number of the section "How fast". */
export interface Figure {
  readonly title: string;
  readonly value: number;
  readonly unit: 'x' | 's' | 'ms' | 'MiB' | 'rows/s';
  /** `more`: at least floor; `less`: at most. */
  readonly better: 'more' | 'less';
  readonly floor: number;
  readonly goal: number;
  /** What was compared, with medians and memory. */
  readonly detail: string;
}

export type Verdict = 'goal met' | 'floor met' | 'MISSED';

export function verdictOf({ value, better, floor, goal }: Figure): Verdict {
  const meets = (bound: number): boolean => (better === 'more' ? value >= bound : value <= bound);
  if (meets(goal)) return 'goal met';
  return meets(floor) ? 'floor met' : 'MISSED';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function showFigure(figure: Figure): string {
  const bound = figure.better === 'more' ? '>=' : '<=';
  const { title, value, unit, floor, goal, detail } = figure;
  const numbers = `${rounded(value)} ${unit} (floor ${bound} ${floor}, goal ${bound} ${goal})`;
  return `${verdictOf(figure).padEnd(9)}  ${title}: ${numbers}\n           ${detail}`;
}

export function rounded(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
