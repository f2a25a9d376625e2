import { inParallel } from '../../storage/index.js';
import { reportDirectory, versionFiles } from '../layout.js';
import type { Registry } from '../registry.js';
import { listBuildReports, type StoredReport } from './build-reports.js';

/** Reports of each data set that are kept whatever they say: half a year of nights. */
const keptReports = 200;
const deletionsAtOnce = 16;

export interface SweepReportsOptions {
  /** Data sets to look at. Default: all that have reports. */
  readonly names?: readonly string[] | undefined;
  /** How many of each data set are kept, the newest. Default: 200. */
  readonly keep?: number | undefined;
  /** Paths of versions that go as well. */
  readonly going?: ReadonlySet<string>;
  /** Without it nothing is removed. */
  readonly remove?: boolean;
}

/**
 * Removes reports of builds that nobody needs any more: all but the newest of each data set, and but the one that says how a version was made, as long as that is there.
 *
 * @returns those that went, or would
 */
export async function sweepReports(
  registry: Registry,
  { names, keep = keptReports, going = new Set(), remove = false }: SweepReportsOptions = {},
): Promise<readonly StoredReport[]> {
  const swept: StoredReport[] = [];
  for (const name of names ?? (await namesOf(registry))) {
    const published = new Set<string>();
    for (const [index, report] of (await listBuildReports(registry, { name })).entries()) {
      const { versionPath, outcome } = report;
      // A version that was overwritten was published several times.
      const isNewest = outcome === 'published' && !published.has(versionPath);
      if (isNewest) published.add(versionPath);
      if (index < keep) continue;
      const stays = isNewest && !going.has(versionPath) && (await isThere(registry, versionPath));
      if (!stays) swept.push(report);
    }
  }
  if (remove) await inParallel(swept, deletionsAtOnce, ({ path }) => registry.storage.delete(path));
  return swept;
}

async function namesOf({ storage }: Registry): Promise<readonly string[]> {
  const entries = await storage.list(reportDirectory);
  return entries.flatMap(({ name, kind }) => (kind === 'directory' ? [name] : []));
}

async function isThere({ storage }: Registry, versionPath: string): Promise<boolean> {
  return (await storage.stat(`${versionPath}/${versionFiles.manifest}`)) !== undefined;
}
