import { limitsOfConfig } from '../builder/index.js';
import { DatasetsError, type ErrorCode, type ErrorLocation } from '../core/errors/index.js';
import { splitSnapshotConfig } from '../core/snapshots/index.js';
import type { BuildOutput } from '../engines/index.js';
import { areSameFindings, checkBeforePublish, type Finding } from '../quality/index.js';
import { acceptStaged, type Manifest, type Refusal, type StagedVersion, writeRefusal } from '../registry/index.js';
import type { BuildOptions } from './build-options.js';
import { previousOf, recentOf } from './previous-version.js';
import { type BuildTarget, nameOfTarget } from './target.js';

/** A build that may be published. */
export interface GuardedBuild {
  readonly manifest: Manifest;
  /** What guards found and let pass. */
  readonly warnings: readonly string[];
}

interface Surroundings {
  /** The refusals of earlier builds of the version, as they were before this one began. */
  readonly seen: readonly Refusal[];
  /** Of shards that are not in the staged directory. */
  readonly left: BuildOutput['left'];
}

/**
 * Looks at a build before it is published. One that guards refuse is noted in the registry as refused; it is accepted with a reason where somebody has seen all that is wrong with it.
 *
 * @throws DatasetsError GUARD_FAILED with all findings
 */
export async function guardStaged(
  staged: StagedVersion,
  manifest: Manifest,
  target: BuildTarget,
  { seen, left }: Surroundings,
  options: BuildOptions,
): Promise<GuardedBuild> {
  const findings = await findingsOf(staged, manifest, target, options);
  const warnings = findings.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const { accept: reason } = options;
  if (errors.length === 0)
    return { manifest, warnings: reason === undefined ? warnings : [...warnings, nothingToAccept] };
  if (reason !== undefined && isSeen(seen, manifest, errors)) {
    return { manifest: await acceptStaged(staged, manifest, { reason, findings: errors }), warnings };
  }
  if (!isSample(options)) await writeRefusal(staged, manifest, errors, options.now);
  const about =
    errors.length === 1 ? ` ${errors[0]?.message}` : `\n${errors.map(({ message }) => `- ${message}`).join('\n')}`;
  throw new DatasetsError(
    'GUARD_FAILED',
    `${nameOfTarget(target)} was built, and is not published${whyNotAccepted(reason, seen)}:${about}`,
    {
      hint: nextStep(staged, target, left, options),
      at: placeOf(target, errors),
      details: { findings: errors, directory: left === undefined && !isSample(options) ? staged.directory : null },
    },
  );
}

const nothingToAccept = 'nothing had to be accepted: the data is as expected';

const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['GUARD_FAILED', 'VERSION_BUMP_TOO_SMALL']);

/** Whether what was built stays where it is, for a look, and to be accepted. Of a sample nothing is kept. */
export function isKeptAside(error: unknown, options: BuildOptions): boolean {
  return error instanceof DatasetsError && refusals.has(error.code) && !isSample(options);
}

/** A sample has other counts than the version on purpose; an empty split is wrong in it as well. */
async function findingsOf(
  staged: StagedVersion,
  manifest: Manifest,
  target: BuildTarget,
  options: BuildOptions,
): Promise<readonly Finding[]> {
  // What is built again is compared with what was published.
  if (options.upstream !== undefined) return [];
  const { config } = target.chosen;
  const { limits } = target.definition;
  const expected = limitsOfConfig(limits, target.snapshot === undefined ? config : splitSnapshotConfig(config).config);
  const previous = isSample(options) ? undefined : await previousOf(target, staged.registry);
  const recent = previous === undefined ? [] : await recentOf(target, staged.registry);
  const findings = checkBeforePublish(manifest, previous, expected, recent);
  return isSample(options) ? findings.filter(({ guard }) => guard === 'empty-split') : findings;
}

function isSample({ maxExamplesPerSplit }: BuildOptions): boolean {
  return maxExamplesPerSplit !== undefined;
}

function isSeen(seen: readonly Refusal[], { contentDigest }: Manifest, errors: readonly Finding[]): boolean {
  return seen.some((refusal) => refusal.contentDigest === contentDigest && areSameFindings(refusal.findings, errors));
}

function whyNotAccepted(reason: string | undefined, seen: readonly Refusal[]): string {
  if (reason === undefined) return '';
  return seen.length === 0
    ? ', for nobody had seen yet what --accept would accept'
    : ', for it is not what was refused before, and what --accept would accept';
}

/** What is to be done about it, in the order of how often it is right. */
function nextStep(
  staged: StagedVersion,
  target: BuildTarget,
  left: BuildOutput['left'],
  options: BuildOptions,
): string {
  if (isSample(options)) return 'Take more examples a split, or look at its source and its filters. Nothing was kept.';
  const look =
    left === undefined
      ? `Look at it: ailab-datasets show ${staged.directory}`
      : 'What was found is kept, and its data as long as the job that made it';
  const accept = `ailab-datasets build ${nameOfTarget(target)} --accept "why it is right"`;
  return `${look}. Correct the builder or its source; or, where the data is right, its expectations; or publish this once: ${accept}`;
}

function placeOf({ definition }: BuildTarget, errors: readonly Finding[]): ErrorLocation {
  const [only, ...others] = errors;
  if (only === undefined || others.length > 0) return { dataset: definition.name };
  const { split, transform } = only;
  return {
    dataset: definition.name,
    ...(split !== undefined && { split }),
    ...(transform !== undefined && { transform }),
  };
}
