import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { cloudBuild, dockerBuildFlags } from './cloud-build.js';
import { dockerIgnore } from './docker-ignore.js';
import { dockerfile, imageNodeVersion, needsSshKey } from './dockerfile.js';
import { readLockedProject } from './locked-project.js';
import { checkWorkerPackages } from './worker-packages.js';

export interface EmitContainerOptions {
  /** Where the files go, absolute. Default: the project's root. */
  readonly directory?: string;
  /** Whether files that are there and differ are written over. */
  readonly force?: boolean;
  /** Of the image: `22.21.1`. */
  readonly nodeVersion?: string;
}

export interface EmittedContainer {
  /** What is copied into the image, absolute. */
  readonly root: string;
  readonly files: readonly EmittedFile[];
  /** Flags that `docker build` needs. */
  readonly buildFlags: readonly string[];
  /** Sentences on what the image will not have. */
  readonly notes: readonly string[];
}

export interface EmittedFile {
  /** Absolute. */
  readonly path: string;
  readonly state: 'created' | 'replaced' | 'unchanged';
}

/**
 * Writes what makes an image of a project's workers: a Dockerfile, what it leaves out, and a configuration of Google Cloud Build. The same project always gives the same files.
 *
 * @throws DatasetsError UNSUPPORTED where the project can't be installed by its lock file, or lacks what workers need; USAGE where a file is there that differs, and nothing is written then.
 * @example
 * ```ts
 * const { files } = await emitContainer(await loadConfig(), {});
 * ```
 */
export async function emitContainer(
  config: ResolvedConfig,
  { directory, force = false, nodeVersion = imageNodeVersion }: EmitContainerOptions,
): Promise<EmittedContainer> {
  if (!/^\d+\.\d+\.\d+$/.test(nodeVersion)) {
    throw new DatasetsError('USAGE', `${JSON.stringify(nodeVersion)} is no full version of Node`, {
      hint: `An image is the same next month only where its Node is named in full: --node ${imageNodeVersion}`,
    });
  }
  const project = await readLockedProject(config.projectDirectory);
  const { root } = project;
  const notes = checkWorkerPackages(project);
  const folder = resolve(directory ?? root);
  const paths = {
    dockerfile: join(folder, 'Dockerfile'),
    // Docker reads .dockerignore in what it copies, or else one beside the Dockerfile that bears its name.
    ignore: join(folder, folder === root ? '.dockerignore' : 'Dockerfile.dockerignore'),
    cloudBuild: join(folder, 'cloudbuild.yaml'),
  };
  const inputs = {
    dockerfile: relative(root, paths.dockerfile).split(sep).join('/'),
    hasNpmrc: await exists(join(root, '.npmrc')),
    needsSshKey: needsSshKey(project),
  };
  if (inputs.dockerfile.startsWith('../')) {
    throw new DatasetsError('USAGE', `${folder} is outside of the project ${root}, of which the image is made`, {
      hint: 'Name a folder in the project: --out container',
    });
  }
  const files = await write(
    new Map([
      [paths.dockerfile, dockerfile(project, { nodeVersion, hasNpmrc: inputs.hasNpmrc })],
      [paths.ignore, dockerIgnore(config, root, Object.values(paths))],
      [paths.cloudBuild, cloudBuild(inputs)],
    ]),
    force,
  );
  return { root, files, buildFlags: dockerBuildFlags(inputs), notes };
}

/**
 * Flags that `docker build` needs for a project's image, run in the project's root.
 *
 * @param dockerfile relative to the root, with `/`
 * @throws DatasetsError UNSUPPORTED where the project can't be installed by its lock file
 */
export async function containerBuildFlags(
  config: ResolvedConfig,
  dockerfile = 'Dockerfile',
): Promise<readonly string[]> {
  const project = await readLockedProject(config.projectDirectory);
  const hasNpmrc = await exists(join(project.root, '.npmrc'));
  return dockerBuildFlags({ dockerfile, hasNpmrc, needsSshKey: needsSshKey(project) });
}

async function write(texts: ReadonlyMap<string, string>, force: boolean): Promise<readonly EmittedFile[]> {
  const files: EmittedFile[] = [];
  for (const [path, text] of texts) {
    const before = (await exists(path)) ? await readFile(path, 'utf8') : undefined;
    files.push({ path, state: before === undefined ? 'created' : before === text ? 'unchanged' : 'replaced' });
  }
  const changed = files.filter(({ state }) => state === 'replaced').map(({ path }) => path);
  if (changed.length > 0 && !force) {
    throw new DatasetsError(
      'USAGE',
      `${changed.join(', ')} ${changed.length === 1 ? 'is' : 'are'} there already, and not as this would write it`,
      {
        hint: 'Look at what was changed; --force writes over it, --out DIR writes elsewhere.',
        at: { file: changed[0] ?? '' },
      },
    );
  }
  for (const { path, state } of files) {
    if (state === 'unchanged') continue;
    await mkdir(resolve(path, '..'), { recursive: true });
    await writeFile(path, texts.get(path) ?? '');
  }
  return files;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
