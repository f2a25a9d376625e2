import { readAttestations } from '../attestations/attest.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';
import { readBuildReports } from './build-reports.js';

/** When a build last gave the content of a published version, by attestations and by reports of builds; undefined where none has since. */
export async function lastAttested(
  registry: Registry,
  version: VersionName,
  contentDigest: string,
): Promise<Date | undefined> {
  const [attestations, [report]] = await Promise.all([
    readAttestations(registry, version, contentDigest),
    readBuildReports(registry, { version, outcomes: ['attested'], limit: 1 }),
  ]);
  const times = [
    ...attestations.map(({ attestedAt }) => attestedAt),
    ...(report === undefined ? [] : [report.endedAt]),
  ];
  const newest = times.sort().at(-1);
  return newest === undefined ? undefined : new Date(newest);
}
