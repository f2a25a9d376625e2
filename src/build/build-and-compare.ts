import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { locateVersion } from '../cache/index.js';
import { DatasetsError, isTransient } from '../core/errors/index.js';
import { type BumpLevel, formatReference, nextVersion } from '../core/names/index.js';
import { type Explanation, isDifferent } from '../provenance/index.js';
import { diffLines, diffVersions, indented, isEnough, requiredBump, type VersionDiff } from '../quality/index.js';
import {
  attestFingerprint,
  type Manifest,
  openRegistry,
  type Registry,
  readManifest,
  readProvenance,
  versionPath,
} from '../registry/index.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { existingResult } from './build-result.js';
import { stagingDirectory } from './stage-target.js';
import type { BuildTarget } from './target.js';

/**
 * Builds a published version again, beside the registry, because something that it was made with is another one now. Equal content is attested: nothing is published, and nothing downstream is stale.
 *
 * @param explanation what has changed
 * @param build builds into an empty registry
 * @throws DatasetsError VERSION_IMMUTABLE when the content is another one, and whatever stops the build
 */
export async function buildAndCompare(
  target: BuildTarget,
  registry: Registry,
  explanation: Explanation,
  options: BuildOptions,
  build: (reference: string, options: BuildOptions) => Promise<BuildResult>,
): Promise<BuildResult> {
  const reference = formatReference(target.reference);
  const version = { name: target.reference.name, ...target.chosen };
  const path = versionPath(version);
  const published = await readManifest(registry.storage, path);
  if (published === undefined) return existingResult(target, registry);
  if (explanation.verdict === 'bump') throw refuse(target, explanation, evidenceOfSchema(explanation));
  // The same for the same version, so that a build that was killed is gone on with.
  const name = createHash('sha256').update(`${registry.location} ${reference}`).digest('hex').slice(0, 20);
  const folder = join(stagingDirectory(options.config), 'compared', name);
  let leave = false;
  try {
    const beside = openRegistry(folder);
    const built = await build(reference, {
      ...options,
      ifExists: 'overwrite',
      config: { ...options.config, registry: folder },
      upstream: { registry: options.config.registry, versions: {} },
      ...timeOf(published, options),
    });
    const rebuilt = await readManifest(beside.storage, path);
    if (rebuilt === undefined) return existingResult(target, registry);
    const { files } = await locateVersion(registry, target.reference, { ...options.config, ignoreYank: true });
    const diff = await diffVersions(files, beside.locationOf(path));
    if (!isSame(diff)) throw refuse(target, explanation, evidenceOf(diff));
    const { fingerprint, contentDigest } = rebuilt;
    const texts = await readProvenance(beside.storage, path);
    await attestFingerprint(registry, version, { fingerprint, texts, contentDigest });
    const { units, seconds, counters } = built;
    return { ...(await existingResult(target, registry)), status: 'attested', units, seconds, counters };
  } catch (error) {
    leave = isTransient(error);
    throw error;
  } finally {
    if (!leave) await rm(folder, { recursive: true, force: true });
  }
}

/** It is compared with what was published, so it is built for the same time. */
function timeOf({ snapshotTime }: Manifest, asked: BuildOptions): Pick<BuildOptions, 'snapshotTime'> {
  return asked.snapshotTime !== undefined || snapshotTime === undefined ? {} : { snapshotTime: new Date(snapshotTime) };
}

/** Nothing that a reader would notice, nor who may see it, may differ under one version. */
function isSame(diff: VersionDiff): boolean {
  const isEqual = diff.before.contentDigest === diff.after.contentDigest && diff.features.privacy.length === 0;
  return isEqual && isEnough('patch', requiredBump(diff));
}

function evidenceOf(diff: VersionDiff): Evidence {
  const bump = requiredBump(diff);
  const lines = diffLines(diff);
  return {
    lines: lines.length > 0 ? lines : ['the content digest is another one, though no key, example or feature is'],
    details: { required: bump, diff },
    ...(bump !== 'none' && { bump, text: `a ${bump.toUpperCase()}` }),
  };
}

/** What is known before anything is built. */
function evidenceOfSchema({ because, bump }: Explanation): Evidence {
  const known = bump !== undefined && { bump, text: `at least a ${bump.toUpperCase()}` };
  return { lines: [because], details: { ...(bump !== undefined && { requiredAtLeast: bump }) }, ...known };
}

interface Evidence {
  readonly lines: readonly string[];
  readonly bump?: BumpLevel;
  /** The bump in words. */
  readonly text?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function refuse(
  { definition, reference }: BuildTarget,
  { parts }: Explanation,
  { lines, bump, text, details }: Evidence,
): DatasetsError {
  const name = formatReference(reference);
  const changed = parts.filter(isDifferent).map(({ part }) => part);
  const more = changed.length > 4 ? ', ...' : '';
  const because = changed.length === 0 ? '' : ` (not the same: ${changed.slice(0, 4).join(', ')}${more})`;
  const [newest] = definition.versions;
  const next = bump === undefined || newest === undefined ? '' : `, ${text} bump: ${nextVersion(newest, bump)}`;
  return new DatasetsError(
    'VERSION_IMMUTABLE',
    `${name} is published, and a build gives something else now${because}:\n${indented(lines)}`,
    {
      hint: `Add a version to the builder's versions${next}; or take the change back: ailab-datasets why ${name} shows it.`,
      at: { dataset: definition.name },
      details,
    },
  );
}
