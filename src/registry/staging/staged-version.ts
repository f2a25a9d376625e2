import type { ConfigName, DatasetName, Version } from '../../core/names/index.js';
import type { LocalStorage } from '../../storage/index.js';
import { formatJson } from '../format-json.js';
import type { Lease } from '../lease/lease.js';
import { withdraw } from '../publish/withdraw.js';
import type { Registry } from '../registry.js';
import type { StagedBuildSubject, StagedTarget } from './staged-target.js';
import { type StagingArea, stagedPath } from './staging-area.js';
import { type StagingOwner, stagingFiles } from './staging-files.js';

interface Staging {
  readonly registry: Registry;
  readonly area: StagingArea;
  readonly buildId: string;
  readonly owner: StagingOwner;
  readonly resumed: boolean;
  readonly lease: Lease;
}

/**
 * A version in the making. Whoever staged it publishes it, discards it, or leaves it to a later build that resumes it.
 */
export class StagedVersion implements StagedTarget {
  readonly registry: Registry;
  readonly buildId: string;
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
  /** Absolute and local; what lies in it when it is published is the version. */
  readonly directory: string;
  /** Absolute and local; for spill, shuffle and the journal of what is done. */
  readonly workDirectory: string;
  /** Absolute and local; for what queries gave and is to be kept in the registry. */
  readonly retainedDirectory: string;
  /** Whether an earlier build with the same identity left what lies in the directories. */
  readonly resumed: boolean;
  /** Held until the version is published, discarded or left. */
  readonly lease: Lease;
  readonly area: StagingArea;
  readonly #owner: StagingOwner;
  #ended = false;

  constructor(staging: Staging) {
    this.registry = staging.registry;
    this.buildId = staging.buildId;
    this.name = staging.owner.name;
    this.config = staging.owner.config;
    this.version = staging.owner.version;
    this.resumed = staging.resumed;
    this.lease = staging.lease;
    this.area = staging.area;
    this.#owner = staging.owner;
    this.directory = this.files.absolute(this.path(stagingFiles.version));
    this.workDirectory = this.files.absolute(this.path(stagingFiles.work));
    this.retainedDirectory = this.files.absolute(this.path(stagingFiles.retained));
  }

  /** Where the build is staged; for a local registry the registry's own storage. */
  get files(): LocalStorage {
    return this.area.storage;
  }

  /** As its lease says it. */
  get subject(): StagedBuildSubject {
    const { name, config, version, buildId } = this;
    return { name, config, version, buildId };
  }

  /** A path inside this build's staging, relative to `files`. */
  path(name: string): string {
    return stagedPath(this.area, this.buildId, name);
  }

  /** Ends the build but keeps what it has made, for a build of the same identity to resume. */
  async leave(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    // Where somebody else has taken the lease, what lies there is theirs, or gone.
    if (await this.lease.isHeld()) {
      const { process: _, ...left } = this.#owner;
      await this.files.write(this.path(stagingFiles.owner), formatJson(left), { sync: false });
    }
    await this.lease.leave();
  }

  /** Removes everything that was staged. Does nothing the second time, nor to a version that was published. */
  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await withdraw(this.registry, this.area, this.subject, this.lease);
    await this.lease.release();
  }
}
