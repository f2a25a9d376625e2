/**
 * Lets a thousand requests to a bucket fail while eight writers work in it: `node dist/test/campaigns/wire-faults.js [faults] [seed]`. Prints tables for
 * docs/reliability.md; exits with 1 when anything was lost, doubled, wrong, or hung.
 */
import { closeGcs, faultKinds, startGcs } from '../gcs/index.js';
import { storageUnderFaults } from './storage-under-faults.js';

const faults = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
const started = performance.now();
const result = await storageUnderFaults(await startGcs(), { faults, seed });
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${result.total} faults in ${result.requests} requests of ${result.operations} operations (seed ${seed}, ${seconds} s); ` +
    `the slowest operation took ${(result.slowestMilliseconds / 1000).toFixed(1)} s; ${result.refused} streams refused; ${result.problems.length} problems\n`,
);
console.log(`| request | ${faultKinds.join(' | ')} |\n|---|${'---|'.repeat(faultKinds.length)}`);
for (const call of new Set([...result.faults.keys()].map((key) => key.split(', ')[0] ?? ''))) {
  console.log(`| ${[call, ...faultKinds.map((fault) => result.faults.get(`${call}, ${fault}`) ?? '')].join(' | ')} |`);
}
for (const problem of result.problems) console.error(problem);
await closeGcs();
process.exitCode = result.problems.length === 0 ? 0 : 1;
