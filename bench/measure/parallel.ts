import { type Command, measureCommand } from './command.js';
import { median } from './figures.js';

/**
 * How many times as much two processes do as one, where they share nothing but the machine: what two workers could give at best. Below 2 where
 * both processors are threads of one core, or somebody else works beside.
 */
export async function ceilingOfTwo(command: Command, runs: number): Promise<number> {
  const ratios: number[] = [];
  for (let run = 0; run < runs; run++) {
    const one = await measureCommand(command);
    const two = await Promise.all([measureCommand(command), measureCommand(command)]);
    ratios.push((2 * one.seconds) / Math.max(...two.map(({ seconds }) => seconds)));
  }
  return median(ratios);
}
