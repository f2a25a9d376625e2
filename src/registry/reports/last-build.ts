import { splitSnapshotConfig } from '../../core/snapshots/index.js';
import type { Registry } from '../registry.js';
import { listBuildReports } from './build-reports.js';

/**
 * Whether the newest build of a data set that came to an end failed, or was refused: of its config, in all versions and snapshots, so that the next version, or the next night, is what follows a failure. Reads names alone.
 */
export async function lastBuildFailed(registry: Registry, name: string, config: string | undefined): Promise<boolean> {
  const plain = splitSnapshotConfig(config).config;
  const reports = await listBuildReports(registry, { name });
  const last = reports.find(({ versionPath, outcome }) => {
    const [, second, third] = versionPath.split('/');
    const own = third === undefined ? undefined : second;
    return outcome !== 'interrupted' && splitSnapshotConfig(own).config === plain;
  });
  return last?.outcome === 'failed' || last?.outcome === 'refused';
}
