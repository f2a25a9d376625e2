import { type ResolvedVersion, type VersionName, versionYanked, yankText } from '../registry/index.js';

/** What becomes of a version that was yanked and is asked for by name. */
export interface YankReaction {
  /** Refuses it (`VERSION_YANKED`), in place of a warning. */
  readonly strict?: boolean | undefined;
  /** Told the reason, and when a registry can't be reached and the cache answers in its place. Default: a warning of the process. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** A version, whose `location` is named beside it. */
type YankedVersion = VersionName & Pick<ResolvedVersion, 'location' | 'yank'>;

/**
 * Warns of a version that was yanked.
 *
 * @throws DatasetsError VERSION_YANKED where only others are wanted.
 */
export function reportYank(version: YankedVersion, { strict, onWarning = warn }: YankReaction): void {
  const { yank, location } = version;
  if (yank === undefined) return;
  if (strict === true) throw versionYanked(version, yank, location);
  onWarning(yankText(version, yank));
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'DatasetsWarning', code: 'VERSION_YANKED' });
}
