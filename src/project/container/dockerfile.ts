import { posix } from 'node:path';
import type { LockedProject } from './locked-project.js';

/**
 * Node in images of workers: an LTS release that CI tries (scripts/test-node-versions.mjs). Named in full, so that the same Dockerfile makes the same image next month.
 */
export const imageNodeVersion = '22.21.1';

/** Where the project lies in an image. */
const projectFolder = '/app';

/** Where Debian and the images of Node have their programs. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where this package has the worker's program. */
const workerProgram = 'dist/src/engines/beam/worker/worker-main.js';

export interface DockerfileOptions {
  readonly nodeVersion: string;
  /** Whether the project has an .npmrc, which says where its packages come from. */
  readonly hasNpmrc: boolean;
}

/**
 * The Dockerfile of a project's workers. The same project always gives the same text. Its entry point is a worker; schedulers start `ailab-datasets`, which is on the PATH, in its place.
 *
 * Packages are installed in the full image, which has git and compilers; the other one gets the result.
 */
export function dockerfile(project: LockedProject, { nodeVersion, hasNpmrc }: DockerfileOptions): string {
  const programs = posix.join(projectFolder, posix.dirname(project.ownFolder), '.bin');
  const program = posix.join(projectFolder, project.ownFolder, workerProgram);
  return `# Workers of a distributed build. Written by: ailab-datasets container emit
FROM node:${nodeVersion}-bookworm AS packages
WORKDIR ${projectFolder}
${installation(project, hasNpmrc).join('\n')}

FROM node:${nodeVersion}-bookworm-slim
ENV NODE_ENV=production AILAB_DATASETS_PROJECT=${projectFolder} PATH=${programs}:${usualPath}
WORKDIR ${projectFolder}
COPY --from=packages ${projectFolder} ${projectFolder}
USER node
ENTRYPOINT ["node", ${JSON.stringify(program)}]
`;
}

/** Whether packages are fetched by git over SSH, with somebody's key. */
export function needsSshKey({ packages }: LockedProject): boolean {
  return Object.values(packages).some(({ resolved }) => resolved?.startsWith('git+ssh:') === true);
}

function installation(project: LockedProject, hasNpmrc: boolean): readonly string[] {
  const mounts: string[] = [];
  const comments: string[] = [];
  if (hasNpmrc) {
    comments.push(
      "# The project's .npmrc, which may hold a token, stays out of the image: docker build --secret id=npmrc,src=.npmrc",
    );
    mounts.push(`--mount=type=secret,id=npmrc,target=${projectFolder}/.npmrc,required=true`);
  }
  if (needsSshKey(project)) {
    comments.push('# Packages come by git over SSH: docker build --ssh default');
    // Not required: npm writes public repositories of GitHub so too, and fetches them without a key.
    mounts.push('--mount=type=ssh');
  }
  const ssh = needsSshKey(project) ? "GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=accept-new' " : '';
  const install = `RUN ${[...mounts, `${ssh}npm ci --omit=dev --no-audit --no-fund`].join(' ')}`;
  const first = filesForInstallation(project);
  if (first === undefined) return ['COPY . ./', ...comments, install];
  return [
    '# Packages alone first: they are installed anew only where the lock file changes.',
    ...first.map(copied),
    ...comments,
    install,
    'COPY . ./',
  ];
}

function copied(file: string): string {
  const folder = posix.dirname(file);
  return `COPY ${JSON.stringify([file, folder === '.' ? './' : `${folder}/`])}`;
}

/** Scripts that npm runs when it installs a project; they may need any of its files. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** What `npm ci` reads of the project itself; undefined where nobody can know. */
function filesForInstallation({ scripts, packages, lockFile }: LockedProject): readonly string[] | undefined {
  if (installScripts.some((name) => name in scripts)) return undefined;
  // Folders that are linked have scripts of their own, and are installed as they are.
  if (Object.values(packages).some(({ link }) => link === true)) return undefined;
  const archives = Object.values(packages).flatMap(({ resolved }) =>
    resolved?.startsWith('file:') === true ? [posix.normalize(resolved.slice('file:'.length))] : [],
  );
  return ['package.json', lockFile, ...[...new Set(archives)].sort()];
}
