import { parseArgs } from 'node:util';
import { type NightKind, type SimulatedNight, simulate } from '../schedule/simulation/simulate.js';

/**
 * `node dist/test/campaigns/rebuild-nights.js --datasets 60 --nights 30 --seed 1`: a lineage graph of data sets with daily snapshots, rebuilt night after night while sources are late, builds fail, and the scheduler is
 * stopped, killed, doubled or left out; each night is compared with a model.
 */
const { values } = parseArgs({
  options: {
    datasets: { type: 'string', default: '60' },
    nights: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const kinds: readonly NightKind[] = [
  ...(['plain', 'stopped', 'stopped', 'killed', 'stopped', 'missed'] as const),
  ...(['stopped', 'double', 'plain', 'stopped'] as const),
];
const nights = Array.from({ length: Number(values.nights) }, (_, night) => kinds[night % kinds.length] ?? 'plain');
const onNight = ({ night, kind, published, failed, skipped, seconds, faults }: SimulatedNight): void => {
  const counts = `${published} published, ${failed} failed, ${skipped} skipped`;
  const outcome = faults.length === 0 ? '' : ` FAULTS: ${faults.join('; ')}`;
  process.stderr.write(`${night} ${kind}: ${counts} in ${seconds.toFixed(1)} s${outcome}\n`);
};
const simulation = await simulate({ datasets: Number(values.datasets), nights, seed: Number(values.seed), onNight });
const sum = (pick: (night: SimulatedNight) => number) =>
  simulation.nights.reduce((total, night) => total + pick(night), 0);
const faults = sum((night) => night.faults.length);
process.stdout.write(
  `${values.datasets} data sets, ${values.nights} nights, seed ${values.seed}: ${simulation.published} snapshots published, each once; ` +
    `${sum(({ failed }) => failed)} failures and ${sum(({ skipped }) => skipped)} skips reported; ${faults} faults; ${sum(({ seconds }) => seconds).toFixed(0)} s\n`,
);
if (faults > 0) process.exitCode = 1;
