import type { ProcessIdentity } from './process-identity.js';

/** What `owner.json` says of a staged build. */
export interface StagingOwner {
  readonly name: string;
  readonly config?: string;
  readonly version: string;
  /** Whether a build with the same identity can go on with it. */
  readonly resumable?: boolean;
  readonly startedAt: string;
  readonly process: ProcessIdentity;
}

/** Names inside `.staging/<build id>/`. */
export const stagingFiles = {
  owner: 'owner.json',
  heartbeat: 'heartbeat',
  version: 'version',
  work: 'work',
  /** The version that an overwrite moved aside, until the new one stands. */
  replaced: 'replaced',
} as const;
