import { configuredDatasets, findDefinition } from '../../build/index.js';
import { discoverDatasets } from '../../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint, parseReference } from '../../core/names/index.js';
import { openRegistry } from '../../registry/index.js';
import { inParallel } from '../../storage/index.js';
import { checkBuilder } from './check-builder.js';
import { checkPublished } from './check-published.js';
import type { CheckedAge, CheckFinding, CheckReport } from './check-report.js';
import { failedTo } from './finding.js';

export interface CheckOptions {
  /** Data sets by name. Default: all of the project and of its packages. */
  readonly names?: readonly string[];
  readonly config: ResolvedConfig;
  /** What is late is late at this time. */
  readonly now: Date;
}

/** Requests to a bucket take tens of milliseconds each. */
const atOnce = 8;

/**
 * Looks whether the data that is expected is in its place: which data sets are late by their own `freshness`, which source, snapshot or version is missing or broken, which alias stands for nothing that can be used, and what is not documented. Reads names,
 * manifests and metadata; builds, fetches and writes nothing. What is wrong with one data set keeps no other from being looked at.
 *
 * @throws DatasetsError DATASET_UNKNOWN, NAME_INVALID for what is named; USAGE where there is nothing to look at
 * @example
 * ```ts
 * const { findings } = await checkDatasets({ config: await loadConfig(), now: new Date() });
 * for (const { severity, message } of findings) console.log(severity, message);
 * ```
 */
export async function checkDatasets({ names, config, now }: CheckOptions): Promise<CheckReport> {
  const chosen = await datasetsToCheck(names, config);
  const registry = openRegistry(config.registry);
  const ages: CheckedAge[] = [];
  const findings: CheckFinding[] = [];
  await inParallel(chosen, atOnce, async (name) => {
    try {
      const definition = await findDefinition(name, config);
      // Of a builder that fails, what is published is looked at all the same.
      const [builder, published] = await Promise.all([
        checkBuilder(definition, registry, config, now),
        checkPublished(definition, registry, now).catch((error: unknown) => ({
          ages: [],
          findings: [failedTo('registry-broken', name, error)],
        })),
      ]);
      ages.push(...published.ages);
      findings.push(...builder, ...published.findings);
    } catch (error) {
      findings.push(failedTo('builder-broken', name, error));
    }
  });
  return {
    checkedAt: now.toISOString(),
    registry: registry.location,
    datasets: chosen.length,
    ages: ages.sort((a, b) => compare(keyOf(a), keyOf(b))),
    findings: findings.sort((a, b) => compare(keyOf(a), keyOf(b))),
  };
}

async function datasetsToCheck(
  names: readonly string[] | undefined,
  config: ResolvedConfig,
): Promise<readonly string[]> {
  if (names === undefined || names.length === 0) {
    // Those that come with this package are examples.
    const own = await discoverDatasets(datasetFolders(config));
    if (own.length > 0) return own.map(({ name }) => name);
    throw new DatasetsError('USAGE', 'this project has no data sets of its own', {
      hint: 'Name their folders in `datasets` of ailab-datasets.config, or name data sets that come with this package.',
    });
  }
  const known = (await configuredDatasets(config)).map(({ name }) => name);
  return [...new Set(names)].map((text) => {
    const { name, ...rest } = parseReference(text);
    if (Object.values(rest).some((part) => part !== undefined)) {
      throw new DatasetsError('USAGE', `${text} is more than the name of a data set`, {
        hint: `All of its configs and versions are looked at: ${name}.`,
      });
    }
    if (known.includes(name)) return name;
    throw new DatasetsError('DATASET_UNKNOWN', `there is no builder of ${name}`, {
      hint: nearestHint(name, known, 'data sets'),
      at: { dataset: name },
    });
  });
}

function keyOf(of: CheckedAge | CheckFinding): string {
  const rank = 'severity' in of ? `${of.severity === 'error' ? 0 : 1} ` : '';
  const rest = 'problem' in of ? ` ${of.problem} ${of.message}` : '';
  return `${rank}${of.dataset} ${of.config ?? ''}${rest}`;
}

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
