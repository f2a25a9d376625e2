import { type CampaignReport, datasets, type Kill } from './campaign.js';
import { phases } from './phases.js';

/** A campaign as Markdown, for docs/reliability.md. */
export function reportText({ kills, tooLate, seconds }: CampaignReport, seed: number): string {
  const of = (wanted: (kill: Kill) => boolean) => kills.filter(wanted);
  const sum = (list: readonly Kill[], pick: (kill: Kill) => number) =>
    list.reduce((total, kill) => total + pick(kill), 0);
  const rows = phases.map((phase) => {
    const list = of((kill) => kill.phase === phase);
    const counts = datasets.map((dataset) => list.filter((kill) => kill.dataset === dataset).length);
    const reused = sum(list, ({ units }) => units.reused);
    const redone = sum(list, ({ units }) => units.redone);
    const most = Math.max(0, ...list.map(({ units, workers }) => units.redone / workers));
    return [phase, list.length, ...counts, reused, redone, most.toFixed(2)].join(' | ');
  });
  const faults = kills.flatMap((kill) => kill.faults.map((fault) => `- ${kill.dataset}, ${kill.phase}: ${fault}`));
  return [
    `${kills.length} kills, seed ${seed}, ${Math.round(seconds)} s; ${tooLate} more builds had ended before the kill came.`,
    '',
    `| killed while | kills | ${datasets.join(' | ')} | units reused | units redone | most redone a worker |`,
    `|---|${'---:|'.repeat(datasets.length + 4)}`,
    ...rows.map((row) => `| ${row} |`),
    '',
    `Published all the same, whole, by the kill's moment or by recovery: ${of((kill) => kill.isPublished).length}.`,
    `Faults (bytes that differ, versions visible in part, counters, too much redone, files left): ${faults.length}.`,
    ...faults,
  ].join('\n');
}
