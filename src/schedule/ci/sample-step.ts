import { join } from 'node:path';
import { build } from '../../build/index.js';
import { locateReference } from '../../catalog/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError, internalError } from '../../core/errors/index.js';
import { type Bump, diffVersions, featureLines, requiredBump, type VersionDiff } from '../../quality/index.js';
import type { RebuildStep } from '../plan/rebuild-plan.js';
import type { SampleOutcome } from './change-plan.js';

export interface SampleOptions {
  /** Its registry is the one that is compared with, and that published versions are read from. */
  readonly config: ResolvedConfig;
  /** Of each split. */
  readonly examples: number;
  /** Absolute; a registry that is thrown away afterwards. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/**
 * Builds a sample of what a step would build, beside the registry, and compares it with a published version.
 *
 * @param before the reference of the version to compare with
 */
export async function sampleStep(
  step: RebuildStep,
  before: string | undefined,
  { config, examples, folder, signal }: SampleOptions,
): Promise<SampleOutcome> {
  try {
    const built = await build(step.reference, {
      // Nobody is to be told of a sample.
      config: { ...config, registry: join(folder, 'registry'), registryName: undefined, notifications: [] },
      maxExamplesPerSplit: examples,
      ifExists: 'skip',
      upstream: { registry: config.registry, versions: {} },
      ...(signal !== undefined && { signal }),
    });
    const splits = built.splits.map((split) => ({ name: split.name, examples: split.examples }));
    if (before === undefined) return { status: 'built', splits, requiredBump: undefined, differences: [] };
    const published = await locateReference(before, config, {});
    const diff = await diffVersions(published.files, built.directory, { examples: 0 });
    return { status: 'built', splits, ...evidence(diff) };
  } catch (thrown) {
    signal?.throwIfAborted();
    const error = thrown instanceof DatasetsError ? thrown : internalError(`no sample of ${step.reference}`, thrown);
    return { status: 'failed', error };
  }
}

/**
 * What a sample proves: features that came, went or changed; keys whose examples are others now; keys that were not there. That most keys are missing proves nothing.
 */
function evidence(diff: VersionDiff): { readonly requiredBump: Bump; readonly differences: readonly string[] } {
  const kept = diff.splits.filter(({ status }) => status !== 'removed');
  const moved = kept.flatMap(({ split, keys }) =>
    keys === undefined || keys.added + keys.changed === 0 ? [] : [{ split, ...keys }],
  );
  const gone = diff.splits.filter(({ status }) => status === 'removed').map(({ split }) => split);
  const fresh = diff.splits.filter(({ status }) => status === 'added').map(({ split }) => split);
  const proved: VersionDiff = {
    ...diff,
    splits: diff.splits.map((split) => ({
      ...split,
      content: split.status === 'kept' && !moved.some((each) => each.split === split.split) ? 'same' : split.content,
    })),
    // Numbers of shards are those of a sample.
    metadata: diff.metadata.filter((name) => name !== 'shards'),
  };
  return {
    requiredBump: requiredBump(proved),
    differences: [
      ...featureLines(diff.features),
      ...gone.map((split) => `the split ${split} is gone`),
      ...fresh.map((split) => `a new split ${split}`),
      ...moved.map(
        ({ split, same, added, changed }) =>
          `${split}: of ${(same + added + changed).toLocaleString('en')} examples of the sample ${changed.toLocaleString('en')} are others now, ${added.toLocaleString('en')} were not there`,
      ),
      ...(proved.metadata.length > 0 ? [`said of it: ${proved.metadata.join(', ')}`] : []),
    ],
  };
}
