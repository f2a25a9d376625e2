import { type Command, type Measurement, measureCommand } from './command.js';
import { median, rounded } from './figures.js';

/** Seconds and peak memory of several runs of one command. */
export interface Sample {
  readonly name: string;
  readonly seconds: readonly number[];
  readonly peakBytes: number;
}

export interface Side {
  readonly name: string;
  readonly runs: number;
  command(run: number): Command;
  /** The seconds that count; those of the whole process by default. */
  secondsOf?(measurement: Measurement): number;
  /** Before each run and after the last, unmeasured. */
  reset?(): void;
}

/**
 * Runs commands in turn, A B A B ..., so that a machine that gets slower hits all alike.
 *
 * @param log Told of each run.
 */
export async function sideBySide(sides: readonly Side[], log: (line: string) => void): Promise<readonly Sample[]> {
  const measurements = sides.map((): Measurement[] => []);
  const rounds = Math.max(...sides.map(({ runs }) => runs));
  for (let round = 0; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      if (round >= side.runs) continue;
      side.reset?.();
      const measurement = await measureCommand(side.command(round));
      measurements[i]?.push(measurement);
      log(`  ${side.name}, run ${round + 1} of ${side.runs}: ${rounded(countedSeconds(side, measurement))} s`);
    }
  }
  for (const side of sides) side.reset?.();
  return sides.map((side, i) => ({
    name: side.name,
    seconds: measurements[i]?.map((measurement) => countedSeconds(side, measurement)) ?? [],
    peakBytes: Math.max(...(measurements[i]?.map(({ peakBytes }) => peakBytes) ?? [])),
  }));
}

function countedSeconds(side: Side, measurement: Measurement): number {
  return side.secondsOf?.(measurement) ?? measurement.seconds;
}

export function describeSample({ name, seconds, peakBytes }: Sample): string {
  const spread =
    seconds.length > 1
      ? ` (${rounded(Math.min(...seconds))} to ${rounded(Math.max(...seconds))}, ${seconds.length} runs)`
      : '';
  return `${name} ${rounded(median(seconds))} s${spread}, ${Math.round(peakBytes / 2 ** 20)} MiB`;
}
