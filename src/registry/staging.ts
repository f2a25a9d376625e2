import { randomUUID } from 'node:crypto';
import {
  type ConfigName,
  type DatasetName,
  parseConfigName,
  parseDatasetName,
  parseVersion,
  type Version,
} from '../core/names/index.js';
import type { LocalStorage } from '../storage/index.js';
import { Heartbeat } from './heartbeat.js';
import { formatJson } from './json.js';
import { stagingDirectory } from './layout.js';
import { currentProcess, type ProcessIdentity } from './process-identity.js';
import type { Registry } from './registry.js';

/** What `owner.json` says of a staged build. */
export interface StagingOwner {
  readonly name: string;
  readonly config?: string;
  readonly version: string;
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

/**
 * Makes a place for a build: nothing of it is visible as a version until `publish`.
 *
 * A heartbeat tells other processes that this build lives; it keeps no process from ending.
 *
 * @throws DatasetsError NAME_INVALID, STORAGE_FULL, STORAGE_FAILED.
 * @example
 * ```ts
 * const staged = await stageVersion(registry, 'product_a', 'men', '1.2.0');
 * try {
 *   await writeShards(staged.directory);
 *   await writeMetadata(staged, metadata);
 *   await publish(staged);
 * } finally {
 *   await staged.discard();
 * }
 * ```
 */
export async function stageVersion(
  registry: Registry,
  name: string,
  config: string | undefined,
  version: string,
): Promise<StagedVersion> {
  const { storage } = registry;
  const target = {
    name: parseDatasetName(name),
    config: config === undefined ? undefined : parseConfigName(config),
    version: parseVersion(version),
  };
  const buildId = [target.name, target.config, target.version, randomUUID().slice(0, 8)].filter(Boolean).join('-');
  const root = `${stagingDirectory}/${buildId}`;
  const owner: StagingOwner = {
    name: target.name,
    ...(target.config !== undefined && { config: target.config }),
    version: target.version,
    startedAt: new Date().toISOString(),
    process: currentProcess(),
  };
  await storage.write(`${root}/${stagingFiles.owner}`, formatJson(owner));
  const heartbeat = await Heartbeat.start(storage, `${root}/${stagingFiles.heartbeat}`);
  const staged = new StagedVersion(storage, buildId, target, heartbeat);
  await storage.makeDirectory(staged.path(stagingFiles.version));
  await storage.makeDirectory(staged.path(stagingFiles.work));
  return staged;
}
