import { randomUUID } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';
import { type DatasetName, formatReference } from '../../core/names/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { formatJson } from '../format-json.js';
import { generationPath } from '../generations.js';
import { versionPath } from '../layout.js';
import type { Registry } from '../registry.js';
import { aliasedPaths } from '../retention/stored-versions.js';
import type { VersionName } from '../version-name.js';
import { newestYankNumber, readYankAt, type Yank, yankPath } from './yank.js';

export interface YankOptions {
  /** For those who ask for the version. */
  readonly reason: string;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
}

export interface YankOutcome {
  /** `unchanged`: it was so already, maybe since a moment ago. */
  readonly status: 'changed' | 'unchanged';
  readonly generation: number;
  /** As it counts now; undefined for a version that is not yanked. */
  readonly yank: Yank | undefined;
  /** The aliases that stand for the version now: whoever reads them is warned, and nothing moves them. */
  readonly aliases: readonly string[];
}

/**
 * Says that a version is not to be used any more, or takes that back. The version's bytes don't change; what was said and taken back stays as its history.
 *
 * Of several who yank it at once the first one's reason counts, and the others are told.
 *
 * @param isYanked what is to hold afterwards.
 * @throws DatasetsError USAGE for a yank without a reason.
 */
export async function setYanked(
  registry: Registry,
  version: VersionName & { readonly name: DatasetName },
  isYanked: boolean,
  options: YankOptions,
): Promise<YankOutcome> {
  const { reason, actor = defaultActor() } = options;
  if (isYanked && reason.trim() === '') throw noReason(version);
  for (;;) {
    const generation = await newestYankNumber(registry.storage, version);
    const said = await readIfSound(registry, version, generation);
    if (said !== 'damaged' && (said !== undefined) === isYanked) {
      return { status: 'unchanged', generation, yank: said, aliases: await aliasesOf(registry, version) };
    }
    const next = { reason, actor, yankedAt: new Date().toISOString() };
    // Somebody else was first: what that one has said is looked at anew.
    if (!(await createGeneration(registry, version, generation + 1, isYanked, next))) continue;
    // Read after the yank is there: whoever promotes the version looks for a yank after moving the alias, so that one of the two sees the other.
    const aliases = await aliasesOf(registry, version);
    return { status: 'changed', generation: generation + 1, yank: isYanked ? next : undefined, aliases };
  }
}

async function createGeneration(
  registry: Registry,
  { name, config, version }: VersionName,
  generation: number,
  yanked: boolean,
  { reason, actor, yankedAt }: Yank,
): Promise<boolean> {
  const subject = { name, ...(config !== undefined && { config }), version };
  const record = { ...subject, reference: formatReference(subject), yanked, reason, actor, changedAt: yankedAt };
  // The id tells two apart that are the same in all else.
  const text = formatJson({ ...record, id: randomUUID() });
  if (!(await registry.storage.createIfAbsent(generationPath(yankPath(subject), generation), text))) return false;
  await writeAudit(registry, { action: yanked ? 'yank' : 'unyank', subject, actor, reason, generation });
  return true;
}

async function aliasesOf(registry: Registry, version: VersionName & { readonly name: DatasetName }) {
  return (await aliasedPaths(registry, version.name)).get(versionPath(version)) ?? [];
}

/** What nobody can read is said anew. */
async function readIfSound(
  { storage }: Registry,
  version: VersionName,
  generation: number,
): Promise<Yank | undefined | 'damaged'> {
  try {
    return await readYankAt(storage, version, generation);
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return 'damaged';
    throw error;
  }
}

function noReason(version: VersionName): DatasetsError {
  return new DatasetsError('USAGE', `${formatReference(version)} is to be yanked, and nothing says why`, {
    hint: "Whoever asks for it is told the reason: --reason 'labels of May are wrong'.",
    at: { dataset: version.name },
  });
}
