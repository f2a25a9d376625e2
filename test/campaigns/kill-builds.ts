import { parseArgs } from 'node:util';
import { type Kill, runCampaign } from './kill/campaign.js';
import { reportText } from './kill/report.js';

/** `node dist/test/campaigns/kill-builds.js --kills 200 --seed 1`: kills builds, resumes them, and prints what came of it. */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
let done = 0;
const onKill = ({ dataset, phase, workers, resumedWith, units, faults }: Kill): void => {
  const counts = `${units.reused} reused, ${units.run} run, ${units.redone} redone`;
  const outcome = faults.length === 0 ? '' : ` FAULTS: ${faults.join('; ')}`;
  process.stderr.write(`${++done} ${dataset}, ${phase}: ${workers} → ${resumedWith} workers, ${counts}${outcome}\n`);
};
const report = await runCampaign({ kills: Number(values.kills), seed: Number(values.seed), onKill });
process.stdout.write(`${reportText(report, Number(values.seed))}\n`);
if (report.kills.some((kill) => kill.faults.length > 0)) process.exitCode = 1;
