import { isLocalStorage, type Storage } from '../../storage/index.js';
import { generationPath } from '../generations.js';
import { leaseDirectory, stagingDirectory } from '../layout.js';
import { leaseTimings } from '../lease/lease-options.js';
import { type LeaseRecord, parseLeaseRecord } from '../lease/lease-record.js';
import { lifeOf, type ProcessIdentity } from '../process-identity.js';
import type { Registry } from '../registry.js';
import { type Refusal, readRefusal } from './refusal.js';
import { buildOfLease, type StagedTarget } from './staged-target.js';
import { type StagingArea, stagedFolders, stagedPath, stagingArea } from './staging-area.js';
import { readOwner, type StagingOwner, stagingFiles } from './staging-files.js';

/** A build that was started on a registry and neither published nor discarded. */
export interface StagedBuild {
  readonly buildId: string;
  /** Undefined when the build died before it could say what it makes. */
  readonly target: StagedTarget | undefined;
  /**
   * `running`: somebody holds its lease. `dead`: its process was on this machine and is gone. `silent`: its process can't be seen from here, and its heart seems not to
   * have beaten for long; whether that is so only watching tells. `left`: nobody works on it.
   */
  readonly state: 'running' | 'dead' | 'silent' | 'left';
  /** Whether it had begun to appear in the registry; whoever comes next ends that. */
  readonly isPublishing: boolean;
  /** Whether a build of the same identity goes on with it. */
  readonly isResumable: boolean;
  /** Undefined where nobody works on it. */
  readonly process: ProcessIdentity | undefined;
  /** ISO 8601, by the clock of the machine that runs it. */
  readonly startedAt: string | undefined;
  /** By the storage's clock; undefined before the first one, after ten seconds. */
  readonly lastHeartbeat: Date | undefined;
  /** Absolute; undefined where it is staged on another machine. */
  readonly directory: string | undefined;
  /** Absolute; holds the journal of what is done. Undefined where it is staged on another machine. */
  readonly workDirectory: string | undefined;
  /** Why it was not published, where guards stopped it. */
  readonly refusal: Refusal | undefined;
}

export interface StagedBuildsOptions {
  /** Where builds for a remote registry are staged, as for `stageVersion`. */
  readonly workDirectory?: string | undefined;
}

interface HeldLease {
  readonly record: LeaseRecord;
  readonly lastHeartbeat: Date | undefined;
}

/** The builds of a registry: those that run, here or elsewhere, and those that were left behind; sorted by id. */
export async function listStagedBuilds(
  registry: Registry,
  options: StagedBuildsOptions = {},
): Promise<readonly StagedBuild[]> {
  const area = stagingArea(registry, options.workDirectory);
  // Folders first: a build takes its lease before it makes one.
  const folders = await foldersOf(registry, area);
  const leases = await leasesByBuild(registry.storage);
  const ids = [...new Set([...folders.keys(), ...leases.keys()])].sort();
  return Promise.all(
    ids.map(async (buildId) => ({
      ...describe(area, buildId, folders.get(buildId), leases.get(buildId)),
      refusal: await readRefusal(registry.storage, buildId),
    })),
  );
}

interface Folder {
  readonly isHere: boolean;
  readonly owner: StagingOwner | undefined;
}

async function foldersOf(registry: Registry, area: StagingArea): Promise<ReadonlyMap<string, Folder>> {
  const folders = new Map<string, Folder>();
  if (!isLocalStorage(registry.storage)) {
    for (const buildId of await stagedFolders(registry.storage, stagingDirectory)) {
      const owner = await readOwner(registry.storage, `${stagingDirectory}/${buildId}/${stagingFiles.owner}`);
      folders.set(buildId, { isHere: false, owner });
    }
  }
  for (const buildId of await stagedFolders(area.storage, area.folder)) {
    const owner = await readOwner(area.storage, stagedPath(area, buildId, stagingFiles.owner));
    folders.set(buildId, { isHere: true, owner });
  }
  return folders;
}

/** The newest generation of each lease that somebody holds for a build, or that waits to be ended. */
async function leasesByBuild(storage: Storage): Promise<ReadonlyMap<string, HeldLease>> {
  const newest = new Map<string, number>();
  const beats = new Map<string, Date>();
  for await (const { path, modified } of storage.walk(leaseDirectory)) {
    const [, folder, number, extension] = /^(.+)\/(\d{8})\.(json|heartbeat)$/.exec(path) ?? [];
    if (folder === undefined) continue;
    if (extension === 'heartbeat') beats.set(path, modified);
    else newest.set(folder, Math.max(newest.get(folder) ?? 0, Number(number)));
  }
  const leases = new Map<string, HeldLease>();
  for (const [folder, number] of newest) {
    const content = await storage.read(generationPath(folder, number));
    const record = content === undefined ? undefined : parseLeaseRecord(content);
    const build = record === undefined || record.kind === 'released' ? undefined : buildOfLease(record.about);
    if (record === undefined || build === undefined) continue;
    leases.set(build.buildId, { record, lastHeartbeat: beats.get(generationPath(folder, number, 'heartbeat')) });
  }
  return leases;
}

function describe(
  area: StagingArea,
  buildId: string,
  folder: Folder | undefined,
  lease: HeldLease | undefined,
): Omit<StagedBuild, 'refusal'> {
  const isHere = folder?.isHere === true;
  const place = (name: string) => (isHere ? area.storage.absolute(stagedPath(area, buildId, name)) : undefined);
  return {
    buildId,
    target: folder?.owner ?? (lease === undefined ? undefined : buildOfLease(lease.record.about)),
    state: stateOf(lease),
    isPublishing: lease?.record.kind === 'publishing',
    isResumable: folder?.owner?.identity !== undefined,
    process: lease?.record.process,
    startedAt: lease?.record.startedAt ?? folder?.owner?.startedAt,
    lastHeartbeat: lease?.lastHeartbeat,
    directory: isHere ? area.storage.absolute(stagedPath(area, buildId)) : undefined,
    workDirectory: place(stagingFiles.work),
  };
}

function stateOf(lease: HeldLease | undefined): StagedBuild['state'] {
  if (lease?.record.process === undefined) return 'left';
  const life = lifeOf(lease.record.process);
  if (life === 'alive' || life === 'dead') return life === 'alive' ? 'running' : 'dead';
  const { silentMilliseconds } = leaseTimings;
  const since = lease.lastHeartbeat?.getTime() ?? Date.parse(lease.record.startedAt ?? '');
  return Date.now() - since > silentMilliseconds ? 'silent' : 'running';
}
