import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetsError, isTransient } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { type Explanation, isDifferent, likelyBump } from '../provenance/index.js';
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
  if (explanation.verdict === 'bump') throw otherContent(reference, explanation, explanation.because, explanation.bump);
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
    const difference = differenceOf(published, rebuilt);
    if (difference !== undefined)
      throw otherContent(reference, explanation, difference, likelyBump(published, rebuilt));
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

/** The first thing that is different, in words; undefined for equal content in an equal schema. */
function differenceOf(published: Manifest, rebuilt: Manifest): string | undefined {
  const before = new Map(published.splits.map((split) => [split.name, split]));
  const after = new Map(rebuilt.splits.map((split) => [split.name, split]));
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const added = [...after.keys()].filter((name) => !before.has(name));
  if (gone.length > 0) return `there is no split ${gone.join(', ')} any more`;
  if (added.length > 0) return `there is a split ${added.join(', ')} that it did not have`;
  for (const [name, { examples, contentDigest }] of before) {
    const now = after.get(name);
    if (now?.examples !== examples) return `${name} has ${now?.examples} examples; it had ${examples}`;
    if (now.contentDigest !== contentDigest) return `${name} has as many examples, ${examples}, and others among them`;
  }
  return published.fingerprint.parts['schema'] === undefined ||
    published.fingerprint.parts['schema'] === rebuilt.fingerprint.parts['schema'] ||
    published.fingerprint.parts['format-epoch'] === undefined
    ? undefined
    : 'the schema is another one';
}

function otherContent(
  reference: string,
  { parts }: Explanation,
  difference: string,
  bump: 'minor' | 'major' | undefined,
): DatasetsError {
  const changed = parts.filter(isDifferent).map(({ part }) => part);
  const because =
    changed.length === 0
      ? ''
      : ` (not the same: ${changed.slice(0, 4).join(', ')}${changed.length > 4 ? ', ...' : ''})`;
  const level = bump === undefined ? '' : `, which may be a ${bump.toUpperCase()} one`;
  return new DatasetsError(
    'VERSION_IMMUTABLE',
    `${reference} is published, and a build gives something else now: ${difference}${because}`,
    {
      hint: `Add a version to the builder's versions${level}; or take the change back: ailab-datasets why ${reference} shows it.`,
      at: { dataset: reference.split(/[/:]/, 1)[0] ?? reference },
    },
  );
}
