import { DatasetsError } from '../core/errors/index.js';
import { parseReference } from '../core/names/index.js';
import { JobDetached } from '../engines/index.js';
import { failureFacts, type NotificationDraft, notify } from '../notify/index.js';
import { lastBuildFailed, openRegistry } from '../registry/index.js';
import type { BuildEvent, BuildOptions, BuildResult } from './build-options.js';
import type { BuildTarget } from './target.js';

/**
 * Does a build and tells those whom the configuration names: that it begins, that it failed, that it published, that it succeeded after one that failed. Nobody is told of a sample, of a version that was there and stays, or
 * of a build that somebody stopped.
 */
export async function withNotifications(
  reference: string,
  asked: BuildOptions,
  work: (options: BuildOptions, onTarget: (target: BuildTarget) => void) => Promise<BuildResult>,
): Promise<BuildResult> {
  const { config, onProgress, maxExamplesPerSplit } = asked;
  if (config.notifications.length === 0 || maxExamplesPerSplit !== undefined) return work(asked, () => undefined);
  const { registry } = config;
  let known: Pick<NotificationDraft, 'dataset' | 'config' | 'version'> | undefined;
  let hadFailed: Promise<boolean> | undefined;
  const onTarget = ({ definition, chosen }: BuildTarget) => {
    known = { dataset: definition.name, ...chosen };
    // A registry that can't list its reports may build all the same: a recovery is then not told.
    hadFailed = lastBuildFailed(openRegistry(registry), definition.name, chosen.config).catch(() => false);
  };
  const observed = (event: BuildEvent) => {
    if (event.type === 'build-start' && known !== undefined) notify({ event: 'start', ...known, registry }, config);
    onProgress?.(event);
  };
  try {
    const result = await work({ ...asked, onProgress: observed }, onTarget);
    const done = { ...known, ...factsOf(result), registry };
    if (result.status === 'built') notify({ event: 'publish', ...done }, config);
    const { movedAlias } = result;
    if (movedAlias !== undefined) notify({ event: 'promote', ...done, alias: movedAlias.name }, config);
    if ((await hadFailed) === true) notify({ event: 'recovery', ...done }, config);
    return result;
  } catch (error) {
    const failed = known ?? referenceOf(reference);
    if (failed !== undefined && asked.tellsFailure !== false && isFailure(error)) {
      notify({ event: 'failure', ...failed, registry, failure: failureFacts(error) }, config);
    }
    throw error;
  }
}

/** A job that goes on without its submitter has not failed; who stopped a build knows. */
function isFailure(error: unknown): boolean {
  if (error instanceof JobDetached) return false;
  return !(error instanceof DatasetsError && (error.code === 'INTERRUPTED' || error.code === 'PREEMPTED'));
}

function factsOf({ dataset, config, version, directory, contentDigest, splits, seconds }: BuildResult) {
  const examples = Object.fromEntries(splits.map((split) => [split.name, split.examples]));
  return { dataset, config, version, location: directory, contentDigest, splits: examples, seconds };
}

/** What a reference says where its builder was not found; undefined where it is none. */
function referenceOf(reference: string): Pick<NotificationDraft, 'dataset' | 'config' | 'version'> | undefined {
  try {
    const { name: dataset, config, version } = parseReference(reference);
    return { dataset, config, version };
  } catch (error) {
    if (error instanceof DatasetsError) return undefined;
    throw error;
  }
}
