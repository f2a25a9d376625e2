import { join, resolve } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { containerBuildFlags } from '../../project/index.js';
import { compareFiles, type EmittedText, type FileText, writeFiles } from '../emit/emitted-files.js';
import { shellLine } from '../emit/shell-words.js';
import { cloudBuildFiles } from './cloud-build.js';
import { githubWorkflow } from './github-workflow.js';
import type { EmitPipelineOptions, Pipeline, PipelineTarget } from './pipeline-options.js';

/** Files of a merge pipeline, as they would be, and as they lie there. */
export interface EmittedPipeline {
  readonly directory: string;
  readonly files: readonly EmittedText[];
  /** Whether the folder holds just these files, each as it would be written now. */
  readonly upToDate: boolean;
  /** What comes next, in words. */
  readonly next: readonly string[];
}

interface PipelineKind {
  readonly folder: string;
  files(pipeline: Pipeline): Promise<readonly FileText[]>;
  readonly next: readonly string[];
}

const kinds: Readonly<Record<PipelineTarget, PipelineKind>> = {
  'github-actions': {
    folder: '.github/workflows',
    files: githubWorkflow,
    next: [
      'Commit the file. In the settings of the repository: make the environment prod, and require the check "plan" of pull requests.',
    ],
  },
  'cloud-build': {
    folder: 'deploy/cloud-build',
    files: cloudBuildFiles,
    next: [
      'Commit the files, and make a trigger for each: of pull requests, of pushes to the branch of development, of pushes to the main branch.',
      'Put a token of GitHub for this repository (contents and issues: write) into Secret Manager as data-sets-github-token.',
    ],
  },
};

/**
 * What a team's merge pipeline is told: a pull request gets its plan as a comment, the branch of development publishes to one registry, the main branch to another, and is tagged. The same options give the same bytes; nothing is written.
 *
 * @throws DatasetsError USAGE for options that make no sense, and a registry that the configuration has no name for; UNSUPPORTED where an image of the project can't be made
 * @example
 * ```ts
 * const { files } = await planPipeline(await loadConfig(), { target: 'github-actions' });
 * ```
 */
export async function planPipeline(config: ResolvedConfig, options: EmitPipelineOptions): Promise<EmittedPipeline> {
  const kind = kinds[options.target];
  const command = commandOf(options);
  const pipeline: Pipeline = {
    developBranch: 'develop',
    mainBranch: 'main',
    devRegistry: 'dev',
    prodRegistry: 'prod',
    sampleExamples: 100,
    secrets: [],
    ...options,
    buildFlags: options.image === undefined ? [] : await containerBuildFlags(config),
    command,
  };
  checkPipeline(pipeline, config);
  const directory = resolve(options.directory ?? join(config.projectDirectory, kind.folder));
  const files = await compareFiles(
    directory,
    await kind.files(pipeline),
    `ailab-datasets ci emit --target ${options.target}`,
  );
  return { directory, files, upToDate: files.every(({ state }) => state === 'same'), next: kind.next };
}

/**
 * Writes what `planPipeline` says. Emitted again, files that nobody edited are replaced.
 *
 * @param force whether files that were edited by hand, or that something else wrote, are written over
 * @throws DatasetsError as `planPipeline`; USAGE where a file was edited, and nothing is written then.
 * @example
 * ```ts
 * await emitPipeline(await loadConfig(), { target: 'github-actions' });
 * ```
 */
export async function emitPipeline(
  config: ResolvedConfig,
  options: EmitPipelineOptions,
  force = false,
): Promise<EmittedPipeline> {
  const planned = await planPipeline(config, options);
  await writeFiles(planned.files, force);
  return planned;
}

const flags: Readonly<Record<Exclude<keyof EmitPipelineOptions, 'target' | 'directory'>, string>> = {
  developBranch: '--develop-branch',
  mainBranch: '--main-branch',
  devRegistry: '--dev-registry',
  prodRegistry: '--prod-registry',
  sampleExamples: '--samples',
  image: '--image',
  secrets: '--secret',
  workloadIdentityProvider: '--workload-identity-provider',
  serviceAccount: '--service-account',
  readerAccount: '--reader-account',
  runsOn: '--runs-on',
};
const flagNames = Object.keys(flags) as readonly (keyof typeof flags)[];

function commandOf(options: EmitPipelineOptions): string {
  const words = flagNames.flatMap((name) => valuesOf(options, name).flatMap((value) => [flags[name], value]));
  return shellLine(['ailab-datasets', 'ci', 'emit', '--target', options.target, ...words]);
}

function valuesOf(options: EmitPipelineOptions, name: keyof typeof flags): readonly string[] {
  return [options[name] ?? []].flat().map(String);
}

/** They become parts of scripts and of expressions: no quotes, no spaces. */
const plain = /^[A-Za-z0-9][\w./:@-]*$/;

function checkPipeline(pipeline: Pipeline, config: ResolvedConfig): void {
  for (const name of flagNames) {
    const odd = valuesOf(pipeline, name).find((value) => !plain.test(value));
    if (odd === undefined) continue;
    throw usage(`${flags[name]} is ${JSON.stringify(odd)}`, 'It has letters, digits, and - _ . / : @ alone.');
  }
  const { developBranch, mainBranch, devRegistry, prodRegistry } = pipeline;
  if (developBranch === mainBranch || devRegistry === prodRegistry) {
    throw usage(
      'what is tried and what counts are the same',
      'Name two branches (--develop-branch, --main-branch), and two registries (--dev-registry, --prod-registry).',
    );
  }
  for (const registry of [devRegistry, prodRegistry]) {
    if (registry.includes('://') || Object.hasOwn(config.registries, registry)) continue;
    throw usage(
      `the configuration has no registry ${registry}`,
      `Name it in ailab-datasets.config: registries: { ${registry}: 'gs://our-data/${registry}' }, or name another one: --dev-registry, --prod-registry.`,
    );
  }
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
