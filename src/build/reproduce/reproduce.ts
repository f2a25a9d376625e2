import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { locateVersion } from '../../cache/index.js';
import { loadConfig, type ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import {
  type BuildReport,
  type Manifest,
  openRegistry,
  type Registry,
  type ResolvedVersion,
  readBuildReports,
  readManifest,
  readProvenance,
  versionPath,
} from '../../registry/index.js';
import { storageError } from '../../storage/index.js';
import { build } from '../build.js';
import type { BuildEvent } from '../build-options.js';
import { rebuildOptions } from '../rebuild-options.js';
import { environmentOfBuild } from '../report/environment.js';
import { type GitState, gitStateOf } from '../report/git-state.js';
import { stagingDirectory } from '../stage-target.js';
import { findTarget } from '../target.js';
import { type BuildComparison, type ComparedBuild, compareBuilds } from './compare-builds.js';
import { type LikelyCause, likelyCauses } from './likely-causes.js';

export interface ReproduceOptions {
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig;
  /** Builds two times from the same state and compares these with each other: tells a builder that isn't deterministic from something that has changed. Default: false. */
  readonly twice?: boolean | undefined;
  /** Leaves what was built where it is, to be looked at. Default: false. */
  readonly keep?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
}

/** Whether a version can be made again, and if not, what is different and why. */
export interface ReproduceReport extends BuildComparison {
  readonly reference: string;
  readonly registry: string;
  readonly contentDigest: { readonly published: string; readonly rebuilt: string };
  /** None where the bytes are the same. */
  readonly causes: readonly LikelyCause[];
  /** How two builds of the same state compare, where that was asked for. */
  readonly twice?: BuildComparison;
  /** The checkout that it was built from, and the one that it was built from now. */
  readonly git: { readonly published: Commit | undefined; readonly here: Commit | undefined };
  /** What was to be known of the build that published it: id of its report. */
  readonly report?: string;
  /** Queries whose result was read from what the registry keeps. */
  readonly fromExtracts: readonly string[];
  /** Registries with what was built, where it was kept. */
  readonly kept: readonly string[];
}

export interface Commit {
  readonly commit: string;
  readonly dirty: boolean;
}

/**
 * Builds a published version again, in a folder of its own, and compares: the same bytes, the same content in other files, or the first record that differs with the likely cause. It is built for the same time, from the versions that it was made from, and of what its queries gave as far
 * as the registry keeps that. The registry is only read.
 *
 * @param reference `product_a:1.2.0`, `product_a/men:1.*.*`, `product_a@prod`
 * @throws DatasetsError as `Registry.resolve`; UNSUPPORTED for what no builder made; whatever stops a build, with the commit to build it from in the hint.
 * @example
 * ```ts
 * const { outcome, difference, causes } = await reproduce('product_a:1.2.0', { twice: true });
 * if (outcome === 'different') console.log(difference, causes[0]?.text);
 * ```
 */
export async function reproduce(reference: string, options: ReproduceOptions = {}): Promise<ReproduceReport> {
  const config = options.config ?? (await loadConfig());
  const registry = openRegistry(config.registry);
  const version = await registry.resolve(parseReference(reference));
  const manifest = await readManifest(registry.storage, version.path);
  if (manifest === undefined || manifest.external !== undefined) throw notBuilt(version);
  const report = await reportOf(registry, version, manifest);
  const git = await commits(manifest, report, config);
  const folder = await makeFolder(config);
  try {
    const rebuilds: Rebuild[] = [];
    for (const name of options.twice === true ? ['first', 'second'] : ['first']) {
      rebuilds.push(await rebuildIn(join(folder, name), manifest, report, config, options).catch(withCommit(git)));
    }
    const [first, second] = rebuilds;
    if (first === undefined) throw notBuilt(version);
    const comparison = await compareBuilds(published(registry, version, manifest, config), first);
    const twice = second === undefined ? undefined : await compareBuilds(first, second);
    const texts = {
      published: await readProvenance(registry.storage, version.path),
      rebuilt: await readProvenance(first.registry.storage, versionPath(manifest)),
    };
    const environment = environmentOfBuild();
    const evidence = { published: manifest, rebuilt: first.manifest, texts, report, environment, comparison, twice };
    return {
      ...comparison,
      reference: formatReference(version),
      registry: registry.location,
      contentDigest: { published: manifest.contentDigest, rebuilt: first.manifest.contentDigest },
      causes: likelyCauses(evidence),
      ...(twice !== undefined && { twice }),
      git,
      ...(report !== undefined && { report: report.id }),
      fromExtracts: first.fromExtracts,
      kept: options.keep === true ? rebuilds.map((rebuild) => rebuild.registry.location) : [],
    };
  } finally {
    if (options.keep !== true) await rm(folder, { recursive: true, force: true });
  }
}

interface Rebuild extends ComparedBuild {
  readonly registry: Registry;
  readonly fromExtracts: readonly string[];
}

async function rebuildIn(
  place: string,
  manifest: Manifest,
  report: BuildReport | undefined,
  config: ResolvedConfig,
  { signal, onProgress }: ReproduceOptions,
): Promise<Rebuild> {
  const { fromExtracts = [] } = await build(formatReference(manifest), {
    ...rebuildOptions(manifest, config, place, report),
    ...(signal !== undefined && { signal }),
    // Its report is thrown away with it.
    onProgress: (event) => (event.type === 'report-written' ? undefined : onProgress?.(event)),
  });
  const registry = openRegistry(place);
  const rebuilt = await readManifest(registry.storage, versionPath(manifest));
  if (rebuilt === undefined) {
    throw new DatasetsError('INTERNAL', `${formatReference(manifest)} was built again, and is not in ${place}`, {
      hint: 'Report this with the command that you ran.',
    });
  }
  return { manifest: rebuilt, registry, fromExtracts, files: async () => registry.locationOf(versionPath(manifest)) };
}

function published(
  registry: Registry,
  version: ResolvedVersion,
  manifest: Manifest,
  config: ResolvedConfig,
): ComparedBuild {
  const exact = { name: version.name, config: version.config, version: version.version, alias: undefined };
  return {
    manifest,
    files: async () => (await locateVersion(registry, exact, { ...config, ignoreYank: true })).files,
  };
}

/** The report of the build that published this very content; another release, or a pull, may have left none. */
async function reportOf(
  registry: Registry,
  version: ResolvedVersion,
  { contentDigest }: Manifest,
): Promise<BuildReport | undefined> {
  const reports = await readBuildReports(registry, { version, outcomes: ['published'] });
  return reports.find((report) => report.contentDigest === contentDigest);
}

async function commits(
  manifest: Manifest,
  report: BuildReport | undefined,
  config: ResolvedConfig,
): Promise<ReproduceReport['git']> {
  const { builder } = await findTarget(manifest.name, config).catch(() => ({ builder: undefined }));
  const here = builder === undefined ? undefined : commitOf(await gitStateOf(builder.module));
  return { published: commitOf(report?.git) ?? manifest.git, here };
}

function commitOf(git: GitState | undefined): Commit | undefined {
  return git?.commit === undefined ? undefined : { commit: git.commit, dirty: git.dirty };
}

/** What this code can't build, the code of then may. */
function withCommit({ published: then, here }: ReproduceReport['git']): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DatasetsError) || then === undefined || then.commit === here?.commit) throw error;
    const hint = `It was built from commit ${then.commit}: git worktree add ../reproduce-${then.commit.slice(0, 12)} ${then.commit}, and run it there. ${error.hint ?? ''}`;
    throw new DatasetsError(error.code, error.message, { hint: hint.trim(), cause: error, at: error.at });
  };
}

function notBuilt(version: ResolvedVersion): DatasetsError {
  return new DatasetsError(
    'UNSUPPORTED',
    `${formatReference(version)} was not built here: no builder can make it again`,
    {
      hint: 'Only what a build published can be reproduced; verify compares the others with their manifest.',
      at: { dataset: version.name },
    },
  );
}

async function makeFolder(config: ResolvedConfig): Promise<string> {
  const parent = stagingDirectory(config);
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(join(parent, 'reproduce-'));
  } catch (cause) {
    throw storageError(cause, 'make a directory in', parent);
  }
}
