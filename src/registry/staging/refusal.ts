import { parseJson } from '../../core/json/index.js';
import type { Storage } from '../../storage/index.js';
import { writeAudit } from '../audit.js';
import { formatJson } from '../format-json.js';
import { stagingDirectory } from '../layout.js';
import type { Manifest } from '../manifest.js';
import { announceBuild } from '../publish/announce-build.js';
import type { Registry } from '../registry.js';
import { writeManifest } from '../write-metadata.js';
import { isSameTarget, parseTarget, type StagedTarget } from './staged-target.js';
import type { StagedVersion } from './staged-version.js';
import { stagedFolders } from './staging-area.js';
import { readOwner, stagingFiles } from './staging-files.js';

/** What is wrong with a build, as the registry keeps it. */
export type KeptFinding = NonNullable<Manifest['accepted']>['findings'][number];

/** That a build was not published, and why. It lies in the registry, also where the build's data is on one machine alone: so that it is seen, and can be accepted, from others. */
export interface Refusal {
  /** ISO 8601 */
  readonly refusedAt: string;
  /** Of the data that was refused. */
  readonly contentDigest: string;
  readonly findings: readonly KeptFinding[];
}

/** Notes that a staged build is not to be published. Whoever does so leaves it then, or discards it. */
export async function writeRefusal(
  staged: StagedVersion,
  { contentDigest }: Manifest,
  findings: readonly KeptFinding[],
  now = new Date(),
): Promise<void> {
  const refusal: Refusal = { refusedAt: now.toISOString(), contentDigest, findings: findings.map(kept) };
  await staged.lease.check();
  await announceBuild(staged);
  await staged.registry.storage.write(refusalPath(staged.buildId), formatJson(refusal));
}

/** Why a build was not published; undefined where it was not refused, or nobody can read that any more. */
export async function readRefusal(storage: Storage, buildId: string): Promise<Refusal | undefined> {
  const path = refusalPath(buildId);
  const bytes = await storage.read(path);
  if (bytes === undefined) return undefined;
  const { refusalSchema } = await import('./finding-schema.js');
  try {
    return refusalSchema.safeParse(parseJson(bytes, path)).data as Refusal | undefined;
  } catch {
    // Cut off by a crash: nobody can have seen it.
    return undefined;
  }
}

/** The refusals of what was built of a version and is kept. */
export async function readRefusals(
  { storage }: Registry,
  version: { readonly name: string; readonly config?: string | undefined; readonly version: string },
): Promise<readonly Refusal[]> {
  const target: StagedTarget = parseTarget(version);
  const refusals: Refusal[] = [];
  for (const buildId of await stagedFolders(storage, stagingDirectory)) {
    const owner = await readOwner(storage, `${stagingDirectory}/${buildId}/${stagingFiles.owner}`);
    if (owner === undefined || !isSameTarget(owner, target)) continue;
    const refusal = await readRefusal(storage, buildId);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return refusals;
}

/**
 * Lets a staged build be published all the same: its manifest says so for ever, and the audit who did it.
 *
 * @returns the manifest.
 */
export async function acceptStaged(
  staged: StagedVersion,
  manifest: Manifest,
  { reason, findings }: { readonly reason: string; readonly findings: readonly KeptFinding[] },
): Promise<Manifest> {
  const accepted = { reason, findings: findings.map(kept) };
  await staged.lease.check();
  // Before it is published: what is not written down can't be published.
  await writeAudit(staged.registry, {
    action: 'accept',
    subject: staged.subject,
    contentDigest: manifest.contentDigest,
    reason,
    findings: accepted.findings.map(({ message }) => message),
  });
  return writeManifest(staged, { ...manifest, accepted });
}

function refusalPath(buildId: string): string {
  return `${stagingDirectory}/${buildId}/${stagingFiles.refusal}`;
}

function kept({ guard, split, transform, message, measured, expected }: KeptFinding): KeptFinding {
  return {
    guard,
    ...(split !== undefined && { split }),
    ...(transform !== undefined && { transform }),
    message,
    measured,
    expected,
  };
}
