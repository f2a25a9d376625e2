import type { BuilderDefinition } from '../../builder/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, type Reference } from '../../core/names/index.js';
import { newestSnapshot, parseSnapshot, type Snapshot, splitSnapshotConfig } from '../../core/snapshots/index.js';

/** Which snapshot is asked for beside the reference. */
export interface SnapshotChoice {
  /** `20261121`; `newest`: the newest one whose period is over. */
  readonly snapshot?: string;
  /** For `newest`. Default: the time of this machine. */
  readonly now?: Date;
}

/** What `--snapshot` says for the newest period that is over: what a scheduler asks for. */
const newest = 'newest';

/**
 * Which snapshot is meant: the one that is asked for, or that the reference's config names (`product_a/20261121.men`).
 *
 * @returns `plain`: the builder's own config as it was written, if it was
 * @throws DatasetsError NAME_INVALID; USAGE for data that has no snapshots, and where two are named
 */
export function chooseSnapshot(
  reference: Reference,
  definition: BuilderDefinition,
  { snapshot: asked, now = new Date() }: SnapshotChoice,
): { readonly plain: string | undefined; readonly snapshot: Snapshot | undefined } {
  const { name, snapshots: period } = definition;
  const written = period === undefined ? { config: reference.config } : splitSnapshotConfig(reference.config);
  const { config: plain, snapshot: named } = { snapshot: undefined, ...written };
  if (period === undefined) {
    if (asked === undefined) return { plain, snapshot: undefined };
    throw new DatasetsError('USAGE', `${name} has no snapshots: nothing says that its data grows`, {
      hint: "Leave the snapshot out, or add `static override readonly snapshots = 'daily'` to its class.",
      at: { dataset: name },
    });
  }
  if (asked !== undefined && named !== undefined && asked !== named) {
    throw new DatasetsError('USAGE', `${formatReference(reference)} names the snapshot ${named}, and not ${asked}`, {
      hint: `Leave out one of them: ${formatReference({ ...reference, config: plain })}.`,
      at: { dataset: name },
    });
  }
  const text = asked ?? named;
  if (text === undefined) return { plain, snapshot: undefined };
  return { plain, snapshot: text === newest ? newestSnapshot(period, now) : parseSnapshot(period, text) };
}

/**
 * Refuses a snapshot whose period isn't over: what comes until then would be missing from it for ever.
 *
 * @param reference of what would be built
 * @throws DatasetsError SNAPSHOT_NOT_OVER
 */
export function refuseUnfinished(reference: string, { name, to }: Snapshot, now: Date): void {
  if (to.getTime() <= now.getTime()) return;
  throw new DatasetsError(
    'SNAPSHOT_NOT_OVER',
    `${reference} is of a period that ends at ${to.toISOString()}, and it is ${now.toISOString()}`,
    {
      hint: `A published snapshot never changes, so that what comes until then would be missing: wait until ${name} is over, or build the newest that is: --snapshot ${newest}`,
    },
  );
}
