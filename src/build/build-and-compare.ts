import { DatasetsError } from '../core/errors/index.js';
import { type BumpLevel, formatReference, nextVersion } from '../core/names/index.js';
import { type Explanation, isDifferent, unknownPart } from '../provenance/index.js';
import { diffLines, indented, isEnough, requiredBump, type VersionDiff } from '../quality/index.js';
import {
  attestFingerprint,
  type Manifest,
  type Refutation,
  type Registry,
  readManifest,
  readRefutation,
  refuteFingerprint,
  versionPath,
} from '../registry/index.js';
import { buildBeside } from './build-beside.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { existingResult } from './build-result.js';
import type { BuildTarget } from './target.js';

/**
 * Builds a published version again, beside the registry, because something that it was made with is another one now. Equal content is attested: nothing is published, and nothing downstream is stale.
 *
 * @param folder where it may build, see `whileComparing`
 * @param explanation what has changed
 * @param build builds into an empty registry
 * @throws DatasetsError VERSION_IMMUTABLE when the content is another one, and whatever stops the build
 */
export async function buildAndCompare(
  folder: string,
  target: BuildTarget,
  registry: Registry,
  explanation: Explanation,
  options: BuildOptions,
  build: (reference: string, options: BuildOptions) => Promise<BuildResult>,
): Promise<BuildResult> {
  const version = { name: target.reference.name, ...target.chosen };
  const published = await readManifest(registry.storage, versionPath(version));
  if (published === undefined) return existingResult(target, registry);
  if (explanation.verdict === 'bump') throw refuse(target, explanation, evidenceOfSchema(explanation));
  const known = await readKnown(registry, version, published, explanation, options);
  if (known !== undefined) throw knownRefusal(target, known);
  const { built, manifest, texts, diff } = await buildBeside(folder, target, registry, published, options, build);
  if (!isSame(diff)) {
    const refusal = refuse(target, explanation, evidenceOf(diff));
    if (remembers(options) && !Object.values(manifest.fingerprint.parts).includes(unknownPart)) {
      const { message, hint, details } = refusal;
      const found = { fingerprint: manifest.fingerprint.digest, contentDigest: published.contentDigest };
      await refuteFingerprint(registry, version, { ...found, message, hint, details });
    }
    throw refusal;
  }
  const { fingerprint, contentDigest } = manifest;
  await attestFingerprint(registry, version, { fingerprint, texts, contentDigest });
  const { units, seconds, counters } = built;
  return { ...(await existingResult(target, registry)), status: 'attested', units, seconds, counters };
}

/** What is built for another time is another thing, whatever its fingerprint. */
function remembers({ snapshotTime }: BuildOptions): boolean {
  return snapshotTime === undefined;
}

/** What an earlier build of the same has found, unless it is to be tried again. */
async function readKnown(
  registry: Registry,
  version: Parameters<typeof readRefutation>[1],
  { contentDigest }: Manifest,
  { fingerprint }: Explanation,
  options: BuildOptions,
): Promise<Refutation | undefined> {
  if (fingerprint === undefined || options.restart === true || !remembers(options)) return undefined;
  return readRefutation(registry, version, fingerprint, contentDigest);
}

function knownRefusal({ definition }: BuildTarget, known: Refutation): DatasetsError {
  const { message, hint, details, refutedAt, actor } = known;
  const tried = `${actor} built it at ${refutedAt}, and nothing has changed since: --restart tries again.`;
  return new DatasetsError('VERSION_IMMUTABLE', message, {
    hint: hint === undefined ? tried : `${hint} ${tried}`,
    at: { dataset: definition.name },
    details: { ...details, refutedAt },
  });
}

/** Nothing that a reader would notice, nor who may see it, may differ under one version. */
export function isSame(diff: VersionDiff): boolean {
  const isEqual = diff.before.contentDigest === diff.after.contentDigest && diff.features.privacy.length === 0;
  return isEqual && isEnough('patch', requiredBump(diff));
}

function evidenceOf(diff: VersionDiff): Evidence {
  const bump = requiredBump(diff);
  const lines = diffLines(diff);
  return {
    lines: lines.length > 0 ? lines : ['the content digest is another one, though no key, example or feature is'],
    details: { required: bump, diff },
    ...(bump !== 'none' && { bump, isExact: true }),
  };
}

/** What is known before anything is built. */
function evidenceOfSchema({ because, bump }: Explanation): Evidence {
  const known = bump !== undefined && { bump, isExact: false };
  return { lines: [because], details: { ...(bump !== undefined && { requiredAtLeast: bump }) }, ...known };
}

interface Evidence {
  readonly lines: readonly string[];
  readonly bump?: BumpLevel;
  /** False where it may take more than that: nothing was built. */
  readonly isExact?: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

function refuse(
  { definition, reference }: BuildTarget,
  { parts }: Explanation,
  { lines, bump, isExact, details }: Evidence,
): DatasetsError {
  const name = formatReference(reference);
  const changed = parts.filter(isDifferent).map(({ part }) => part);
  const more = changed.length > 4 ? ', ...' : '';
  const because = changed.length === 0 ? '' : ` (not the same: ${changed.slice(0, 4).join(', ')}${more})`;
  const [newest] = definition.versions;
  const raised =
    bump === undefined || newest === undefined
      ? ''
      : ` (${isExact === true ? '' : 'at least '}a ${bump.toUpperCase()} one: ${nextVersion(newest, bump)})`;
  const flag = isExact === true ? `--${bump}` : '--auto';
  return new DatasetsError(
    'VERSION_IMMUTABLE',
    `${name} is published, and a build gives something else now${because}:\n${indented(lines)}`,
    {
      hint: `Add a version${raised}: ailab-datasets bump ${definition.name} ${flag} -m 'what changed'; or take the change back: ailab-datasets why ${name} shows it.`,
      at: { dataset: definition.name },
      details,
    },
  );
}
