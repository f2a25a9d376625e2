import type { ConfigName, DatasetName, Version } from '../core/names/index.js';
import type { LocalStorage } from '../storage/index.js';
import type { Heartbeat } from './heartbeat.js';
import { stagingDirectory } from './layout.js';
import { stagingFiles } from './staging-files.js';

/**
 * A version in the making. Whoever staged it publishes it or discards it.
 */
export class StagedVersion {
  readonly storage: LocalStorage;
  readonly buildId: string;
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
  /** Absolute; what lies in it when it is published is the version. */
  readonly directory: string;
  /** Absolute; for spill and shuffle. Gone with the staging, also after a crash. */
  readonly workDirectory: string;
  readonly #heartbeat: Heartbeat;

  constructor(
    storage: LocalStorage,
    buildId: string,
    target: Pick<StagedVersion, 'name' | 'config' | 'version'>,
    heartbeat: Heartbeat,
  ) {
    this.storage = storage;
    this.buildId = buildId;
    this.name = target.name;
    this.config = target.config;
    this.version = target.version;
    this.directory = storage.absolute(this.path(stagingFiles.version));
    this.workDirectory = storage.absolute(this.path(stagingFiles.work));
    this.#heartbeat = heartbeat;
  }

  /** A path inside this build's staging directory, relative to the registry. */
  path(name: string): string {
    return `${stagingDirectory}/${this.buildId}/${name}`;
  }

  /** Removes everything that was staged. Does nothing the second time, nor to a version that was published. */
  async discard(): Promise<void> {
    await this.#heartbeat.stop();
    await this.storage.deleteDirectory(`${stagingDirectory}/${this.buildId}`);
  }
}
