/**
 * Damages a version a thousand times and counts who finds it: `node dist/test/campaigns/bit-flips.js [trials] [seed]`. Prints a table
 * for docs/reliability.md; exits with 1 when anything was missed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageVersion } from './damage-version.js';
import { twoCopies } from './two-copies.js';

const trials = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'ailab-bit-flips-'));
let missed = 0;
try {
  const copies = await twoCopies(folder);
  const rounds = [
    [`${trials} single bits`, trials, ['flip']],
    [`${trials / 2} files cut short, bytes swapped, stretches zeroed`, trials / 2, ['cut', 'swap', 'zero']],
  ] as const;
  for (const [title, count, damages] of rounds) {
    const started = performance.now();
    const tallies = await damageVersion({ ...copies, trials: count, seed, damages });
    console.log(`${title} (seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s)\n`);
    console.log("| in | trials | found by `verify` | reads with `verify: 'full'` | stopped |\n|---|---|---|---|---|");
    for (const tally of tallies) {
      console.log(`| ${[tally.kind, tally.trials, tally.verified, tally.reads, tally.stopped].join(' | ')} |`);
      missed += tally.trials - tally.verified + tally.reads - tally.stopped;
    }
    console.log('');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;
