import type { Json, JsonObject } from '../../core/json/index.js';
import type { FileText } from '../emit/emitted-files.js';
import { sealText } from '../emit/sealed-text.js';
import { shellLine } from '../emit/shell-words.js';
import { yamlText } from '../emit/yaml-text.js';
import { commentProgram, tagProgram } from './github-scripts.js';
import type { Pipeline } from './pipeline-options.js';
import { pinLine, planLine, rebuildLine, testLines } from './shell-steps.js';

/** An LTS release of Node, with git, curl and compilers. */
const node = 'node:22.21.1-bookworm';
const docker = 'gcr.io/cloud-builders/docker';

/** The secret of Secret Manager that holds a token of GitHub: issues and contents of the one repository. */
const tokenSecret = 'data-sets-github-token';

const about: Readonly<Record<string, readonly string[]>> = {
  'pull-request': [
    'For a trigger of pull requests: tests, and what the change does to data sets, as a comment. Nothing is published.',
  ],
  develop: ['For a trigger of pushes to the branch of development: publishes to the registry for trials.'],
  main: [
    'For a trigger of pushes to the main branch: publishes, then tags. No alias moves, so that nobody reads another version until somebody promotes it.',
  ],
};

/** A configuration of Cloud Build for each trigger: https://cloud.google.com/build/docs/build-config-file-schema */
export async function cloudBuildFiles(pipeline: Pipeline): Promise<readonly FileText[]> {
  const builds = { 'pull-request': pullRequest(pipeline), develop: develop(pipeline), main: main(pipeline) };
  return Promise.all(
    Object.entries(builds).map(async ([name, build]) => ({
      name: `${name}.yaml`,
      text: sealText({ about: about[name] ?? [], command: pipeline.command }, await yamlText(build)),
    })),
  );
}

function pullRequest(pipeline: Pipeline): Json {
  const { mainBranch, prodRegistry, devRegistry, sampleExamples } = pipeline;
  return {
    steps: [
      ...install,
      shell('test', testLines),
      shell(
        'plan',
        [
          'git fetch --unshallow origin || git fetch origin',
          'git fetch origin "+refs/heads/$BASE_BRANCH:refs/remotes/origin/$BASE_BRANCH"',
          `if [ "$BASE_BRANCH" = ${mainBranch} ]; then REGISTRY=${prodRegistry}; else REGISTRY=${devRegistry}; fi`,
          'BASE="origin/$BASE_BRANCH"',
          'echo 0 > outcome.txt',
          `${planLine(sampleExamples)} || echo $? > outcome.txt`,
          'cat plan.md',
        ],
        { env: [`BASE_BRANCH=\${_BASE_BRANCH}`], ...secretsOf(pipeline) },
      ),
      program('comment', commentProgram, [`PR_NUMBER=\${_PR_NUMBER}`, `REPO_FULL_NAME=\${REPO_FULL_NAME}`]),
      shell('verdict', ['exit "$(cat outcome.txt)"']),
    ],
    ...frame(pipeline, pipeline.readerAccount ?? pipeline.serviceAccount, [tokenSecretEntry]),
  };
}

function develop(pipeline: Pipeline): Json {
  return {
    steps: [...install, publish(pipeline, [rebuildLine(pipeline.devRegistry)]), ...imageSteps(pipeline)],
    ...frame(pipeline, pipeline.serviceAccount, []),
  };
}

function main(pipeline: Pipeline): Json {
  const { prodRegistry, image } = pipeline;
  return {
    steps: [
      ...install,
      publish(pipeline, [pinLine(prodRegistry), rebuildLine(prodRegistry)]),
      ...imageSteps(pipeline),
      program('tag', tagProgram, [`COMMIT_SHA=\${COMMIT_SHA}`, `REPO_FULL_NAME=\${REPO_FULL_NAME}`]),
      ...(image === undefined
        ? []
        : [
            shell(
              'tag-image',
              [
                'version="$(cat released.txt)"',
                'if [ -z "$version" ]; then exit 0; fi',
                'docker tag "$IMAGE:$COMMIT_SHA" "$IMAGE:$version"',
                'docker push "$IMAGE:$version"',
              ],
              { name: docker, env: [`IMAGE=${image}`, `COMMIT_SHA=\${COMMIT_SHA}`] },
            ),
          ]),
    ],
    ...frame(pipeline, pipeline.serviceAccount, [tokenSecretEntry]),
  };
}

const install = [shell('install', ['npm ci --no-audit --no-fund'])];

function publish(pipeline: Pipeline, lines: readonly string[]): JsonObject {
  return shell('publish', lines, { env: [`AILAB_DATASETS_ACTOR=cloud-build:\${BUILD_ID}`], ...secretsOf(pipeline) });
}

function imageSteps({ image, buildFlags }: Pipeline): readonly JsonObject[] {
  if (image === undefined) return [];
  const lines = [
    `${shellLine(['docker', 'build', ...buildFlags])} --tag "$IMAGE:$COMMIT_SHA" .`,
    'docker push "$IMAGE:$COMMIT_SHA"',
  ];
  return [
    shell('image', lines, { name: docker, env: ['DOCKER_BUILDKIT=1', `IMAGE=${image}`, `COMMIT_SHA=\${COMMIT_SHA}`] }),
  ];
}

/** In a script nothing is substituted: what it needs of the build comes by its environment. */
function shell(id: string, lines: readonly string[], more: JsonObject = {}): JsonObject {
  return { id, name: node, ...more, script: `#!/usr/bin/env bash\nset -eu\n${lines.join('\n')}\n` };
}

function program(id: string, lines: readonly string[], env: readonly string[]): JsonObject {
  return { id, name: node, env: [...env], secretEnv: ['GITHUB_TOKEN'], script: `${lines.join('\n')}\n` };
}

function secretsOf({ secrets }: Pipeline): JsonObject {
  return secrets.length === 0 ? {} : { secretEnv: [...secrets] };
}

const tokenSecretEntry: JsonObject = secretEntry(tokenSecret, 'GITHUB_TOKEN');

function secretEntry(secret: string, variable: string): JsonObject {
  return { versionName: `projects/\${PROJECT_ID}/secrets/${secret}/versions/latest`, env: variable };
}

function frame({ secrets }: Pipeline, account: string | undefined, tokens: readonly JsonObject[]): JsonObject {
  const entries = [...tokens, ...secrets.map((name) => secretEntry(name, name))];
  return {
    ...(entries.length > 0 && { availableSecrets: { secretManager: entries } }),
    ...(account !== undefined && { serviceAccount: `projects/\${PROJECT_ID}/serviceAccounts/${account}` }),
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    timeout: '86400s',
  };
}
