import { DatasetsError } from '../core/errors/index.js';
import { type Explanation, isDifferent } from '../provenance/index.js';
import { openRegistry, type Registry } from '../registry/index.js';
import { buildAndCompare } from './build-and-compare.js';
import { whileComparing } from './build-beside.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { existingResult } from './build-result.js';
import { buildTarget } from './build-target.js';
import { type RecordedOptions, withReport } from './report/with-report.js';
import { existingSnapshot } from './snapshots/existing-snapshot.js';
import { type BuildTarget, findTarget, nameOfTarget } from './target.js';
import { explainTarget } from './why.js';
import { withNotifications } from './with-notifications.js';

/**
 * Builds one version of one data set and publishes it: its default config and newest version, unless the reference names others.
 *
 * A version that is published stays as it is. Where something that it was made with is another one now, it is built beside the registry and compared: equal content is attested, other content is refused.
 *
 * Nothing of the version is visible before its last step. Where somebody else builds the same version, waits for it. A build that is killed, or that a machine or a network
 * keeps from its end, is gone on with by the next one of the same code, config and version; a mistake in code or data leaves nothing behind.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`, of a snapshot `product_a/20261121`
 * @throws DatasetsError whatever stops the build: SNAPSHOT_NOT_OVER, DATASET_UNKNOWN, BUILDER_INVALID, EXAMPLE_INVALID, KEY_DUPLICATE, USER_CODE, VERSION_IMMUTABLE, STORAGE_FULL, ...
 * @example
 * ```ts
 * const config = await loadConfig();
 * const { directory } = await build('product_a/men', { config });
 * ```
 */
export function build(reference: string, options: BuildOptions): Promise<BuildResult> {
  return withNotifications(reference, options, (asked, onTarget) => buildReference(reference, asked, onTarget));
}

async function buildReference(
  reference: string,
  asked: BuildOptions,
  onTarget: (target: BuildTarget) => void,
): Promise<BuildResult> {
  const target = await findTarget(reference, asked.config, asked);
  onTarget(target);
  const registry = openRegistry(asked.config.registry);
  const found = await registry.find(target.reference);
  if (found !== undefined && asked.ifExists === 'fail') throw alreadyPublished(target, registry.location);
  return withReport(target, registry, asked, (options) => {
    if (found === undefined || asked.ifExists === 'overwrite') return buildTarget(target, registry, options);
    if (target.snapshot !== undefined) return existingSnapshot(target, registry, found, options);
    return buildIfChanged(target, registry, options);
  });
}

/** A version that is there stays as it is; whether a build would give the same is looked up, or tried. */
async function buildIfChanged(target: BuildTarget, registry: Registry, asked: RecordedOptions): Promise<BuildResult> {
  if (asked.ifExists === 'skip' || asked.maxExamplesPerSplit !== undefined) return existingResult(target, registry);
  const explanation = await explainTarget(target, registry, asked.config, asked);
  if (!isToBeCompared(explanation)) return unchangedResult(target, registry, explanation);
  return whileComparing(target, registry, asked, async (folder, hasWaited) => {
    // Somebody else may have attested it meanwhile.
    const now = hasWaited ? await explainTarget(target, registry, asked.config, asked) : explanation;
    if (!isToBeCompared(now)) return unchangedResult(target, registry, now);
    // It is a part of this build, and of its report.
    const { recorder } = asked;
    return buildAndCompare(folder, target, registry, now, asked, async (reference, options) =>
      buildTarget(await findTarget(reference, options.config), openRegistry(options.config.registry), {
        ...options,
        recorder,
      }),
    );
  });
}

function isToBeCompared({ verdict, parts }: Explanation): boolean {
  return verdict === 'rebuild' || (verdict === 'bump' && parts.some(isDifferent));
}

async function unchangedResult(
  target: BuildTarget,
  registry: Registry,
  { verdict, because, stale }: Explanation,
): Promise<BuildResult> {
  const warnings = [...(verdict === 'unknown' ? [because] : []), ...stale.map(({ why }) => `made from ${why}`)];
  return { ...(await existingResult(target, registry)), ...(warnings.length > 0 && { warnings }) };
}

function alreadyPublished(target: BuildTarget, registry: string): DatasetsError {
  return new DatasetsError('VERSION_EXISTS', `${nameOfTarget(target)} is already published in ${registry}`, {
    hint: 'Leave out --fail-if-exists to skip it, or raise the version.',
    at: { dataset: target.definition.name },
  });
}
