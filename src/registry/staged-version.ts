import type { ConfigName, DatasetName, Version } from '../core/names/index.js';
import type { LocalStorage } from '../storage/index.js';
import type { Heartbeat } from './heartbeat.js';
import type { Registry } from './registry.js';
import { type StagingArea, stagedPath } from './staging-area.js';
import { stagingFiles } from './staging-files.js';

/** What a build makes. */
export interface StagedTarget {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

interface Staging extends StagedTarget {
  readonly registry: Registry;
  readonly area: StagingArea;
  readonly buildId: string;
  readonly resumed: boolean;
  readonly heartbeat: Heartbeat;
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
  /** Whether an earlier build with the same identity left what lies in the directories. */
  readonly resumed: boolean;
  readonly #area: StagingArea;
  readonly #heartbeat: Heartbeat;

  constructor(staging: Staging) {
    this.registry = staging.registry;
    this.buildId = staging.buildId;
    this.name = staging.name;
    this.config = staging.config;
    this.version = staging.version;
    this.resumed = staging.resumed;
    this.#area = staging.area;
    this.#heartbeat = staging.heartbeat;
    this.directory = this.files.absolute(this.path(stagingFiles.version));
    this.workDirectory = this.files.absolute(this.path(stagingFiles.work));
  }

  /** Where the build is staged; for a local registry the registry's own storage. */
  get files(): LocalStorage {
    return this.#area.storage;
  }

  /** A path inside this build's staging, relative to `files`. */
  path(name: string): string {
    return stagedPath(this.#area, this.buildId, name);
  }

  /** Ends the build but keeps what it has made, for a build of the same identity to resume. */
  async leave(): Promise<void> {
    await this.#heartbeat.stop();
  }

  /** Removes everything that was staged. Does nothing the second time, nor to a version that was published. */
  async discard(): Promise<void> {
    await this.#heartbeat.stop();
    await this.files.deleteDirectory(stagedPath(this.#area, this.buildId));
  }
}
