import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, nextVersion, type Version } from '../../core/names/index.js';
import { diffLines } from '../diff/describe-diff.js';
import { bumpBetween, isEnough, requiredBump } from '../diff/required-bump.js';
import type { VersionDiff } from '../diff/version-diff.js';

/** The versions of a diff, and where the later one can be looked at. */
export interface PolicedVersion {
  readonly name: string;
  readonly config: string | undefined;
  readonly before: Version;
  readonly after: Version;
  /** The directory in which the later version is left. */
  readonly left: string | undefined;
}

/**
 * What is to be said of a new version whose number was raised too little for what differs from the version before; undefined where it is raised enough. What nobody could compare is not taken for
 * changed.
 */
export function bumpTooSmall(diff: VersionDiff, version: PolicedVersion): DatasetsError | undefined {
  const { name, config, before, after, left } = version;
  const required = requiredBump(diff);
  const bump = bumpBetween(before, after);
  if (required === 'none' || isEnough(bump, required)) return undefined;
  const [old, now] = [before, after].map((each) => formatReference({ name, config, version: each }));
  const right = nextVersion(before, required);
  const look = left === undefined ? '' : ` The build is left: ailab-datasets diff ${old} ${left}`;
  return new DatasetsError(
    'VERSION_BUMP_TOO_SMALL',
    `${now} is a ${bump.toUpperCase()} bump of ${old}, and what differs takes a ${required.toUpperCase()} one:\n${indented(diffLines(diff))}`,
    {
      hint: `Call it ${right} in the builder's versions, in the place of ${after} (or leave that unpublished: ailab-datasets bump ${name} --${required} -m 'what changed'); or take the change back.${look}`,
      at: { dataset: name },
      details: { bump, required, nextVersion: right, diff },
    },
  );
}

/** Lines of evidence below a message. */
export function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
