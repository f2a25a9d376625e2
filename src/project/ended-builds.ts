import type { ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference, parseDatasetName, parseReference, type Reference } from '../core/names/index.js';
import {
  type BuildReport,
  openRegistry,
  type Registry,
  readBuildReport,
  readBuildReports,
  type VersionName,
} from '../registry/index.js';
import { type ListedBuild, listBuilds } from './builds.js';

/** What is known of a build: its report when it has ended, else what it has staged. */
export type KnownBuild = { readonly report: BuildReport } | { readonly staged: ListedBuild };

/**
 * The builds of the configured registry that have ended, the newest first.
 *
 * @param name of a data set, or of all
 * @throws DatasetsError NAME_INVALID
 */
export function listEndedBuilds(
  config: ResolvedConfig,
  { name, limit }: { readonly name?: string | undefined; readonly limit?: number | undefined },
): Promise<readonly BuildReport[]> {
  const registry = openRegistry(config.registry);
  return readBuildReports(registry, { name: name === undefined ? undefined : parseDatasetName(name), limit });
}

/**
 * Finds a build.
 *
 * @param what the id of a build that has ended or of one that runs or was left, or a reference, which means the build that published the version; of one that is not published the last one
 * @throws DatasetsError BUILD_UNKNOWN; FORMAT_TOO_NEW, MANIFEST_INVALID for a report that can't be read
 */
export async function findBuild(config: ResolvedConfig, what: string): Promise<KnownBuild> {
  const registry = openRegistry(config.registry);
  const report = await readBuildReport(registry, what);
  if (report !== undefined) return { report };
  const builds = await listBuilds(config);
  const staged = builds.find(({ buildId }) => buildId === what);
  if (staged !== undefined) return { staged };
  const reference = asReference(what);
  const found = reference === undefined ? undefined : await reportOf(registry, reference);
  if (found !== undefined) return { report: found };
  const running = builds.find((build) => build.reference === what);
  if (running !== undefined) return { staged: running };
  throw new DatasetsError('BUILD_UNKNOWN', `nothing is known of a build ${what} in ${config.registry}`, {
    hint: 'ailab-datasets builds list shows those that run or were left, builds list --ended those that have ended.',
  });
}

async function reportOf(registry: Registry, reference: Reference): Promise<BuildReport | undefined> {
  const version = await registry.find(reference);
  if (version !== undefined) {
    const [published] = await readBuildReports(registry, { version, outcomes: ['published'], limit: 1 });
    if (published !== undefined) return published;
  }
  const named = version ?? exactVersion(reference);
  const about = named === undefined ? { name: reference.name } : { version: named };
  return (await readBuildReports(registry, { ...about, limit: 1 }))[0];
}

function exactVersion({ name, config, version }: Reference): VersionName | undefined {
  return version === undefined || version.includes('*') ? undefined : { name, config, version };
}

/** A text that is no reference is no id either: the same answer fits both. */
function asReference(text: string): Reference | undefined {
  try {
    const reference = parseReference(text);
    return formatReference(reference) === text ? reference : undefined;
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'NAME_INVALID') return undefined;
    throw error;
  }
}
