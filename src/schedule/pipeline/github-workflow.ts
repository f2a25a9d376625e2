import type { Json, JsonObject } from '../../core/json/index.js';
import type { FileText } from '../emit/emitted-files.js';
import { sealText } from '../emit/sealed-text.js';
import { shellLine } from '../emit/shell-words.js';
import { yamlText } from '../emit/yaml-text.js';
import { releases, usualRunner } from '../github/actions.js';
import { googleSteps, permissions, projectSteps, secretEnvironment } from '../github/steps.js';
import type { Pipeline } from './pipeline-options.js';
import { commentLines, imageTagLines, pinLine, planLine, rebuildLine, tagLines, testLines } from './shell-steps.js';

const about = [
  'From a pull request to published data sets. A pull request gets a plan as a comment; merged, it is published: no alias moves, so that nobody reads',
  'another version until somebody promotes it.',
];

/** The workflow of a repository of data sets. */
export async function githubWorkflow(pipeline: Pipeline): Promise<readonly FileText[]> {
  const text = await yamlText(workflow(pipeline), comments, releases);
  return [{ name: 'data-sets.yml', text: sealText({ about, command: pipeline.command }, text) }];
}

const comments = {
  permissions: 'None: each job says what it needs.',
  concurrency: 'A new push to a pull request replaces its run; what publishes is never cut off.',
  'jobs.comment': 'Apart from the code of the pull request, because it may write.',
  'jobs.prod': 'The environment is where GitHub asks for an approval, if the team wants one.',
  'jobs.release': 'Once all is published. The version is the one of package.json; a version is tagged once.',
};

function workflow(pipeline: Pipeline): Json {
  const { developBranch, mainBranch, image } = pipeline;
  const branches = [developBranch, mainBranch];
  return {
    name: 'data sets',
    on: { pull_request: { branches }, push: { branches } },
    permissions: {},
    concurrency: {
      group: `data-sets-\${{ github.event.pull_request.number || github.ref }}`,
      'cancel-in-progress': `\${{ github.event_name == 'pull_request' }}`,
    },
    jobs: {
      plan: planJob(pipeline),
      comment: commentJob(pipeline),
      dev: publishJob(pipeline, developBranch, [rebuildLine(pipeline.devRegistry)]),
      ...(image !== undefined && { image: imageJob(pipeline, image) }),
      prod: {
        environment: 'prod',
        ...publishJob(pipeline, mainBranch, [pinLine(pipeline.prodRegistry), rebuildLine(pipeline.prodRegistry)]),
      },
      release: releaseJob(pipeline),
    },
  };
}

/** Who publishes may write to registries; who plans needs to read them. */
function login(pipeline: Pipeline, account: string | undefined) {
  const { workloadIdentityProvider } = pipeline;
  return {
    ...(workloadIdentityProvider !== undefined && { workloadIdentityProvider }),
    ...(account !== undefined && { serviceAccount: account }),
  };
}

function planJob(pipeline: Pipeline): JsonObject {
  const { mainBranch, prodRegistry, devRegistry, secrets, sampleExamples } = pipeline;
  const reader = login(pipeline, pipeline.readerAccount ?? pipeline.serviceAccount);
  return {
    if: "github.event_name == 'pull_request'",
    'runs-on': pipeline.runsOn ?? usualRunner,
    permissions: permissions(reader),
    outputs: { comment: `\${{ steps.plan.outputs.comment }}` },
    steps: [
      ...projectSteps({ allHistory: true }),
      { name: 'Test', run: script(testLines) },
      ...googleSteps(reader),
      {
        name: 'Plan',
        id: 'plan',
        env: {
          BASE: `origin/\${{ github.base_ref }}`,
          REGISTRY: `\${{ github.base_ref == '${mainBranch}' && '${prodRegistry}' || '${devRegistry}' }}`,
          ...secretEnvironment(secrets),
        },
        run: script([
          'outcome=0',
          `${planLine(sampleExamples)} || outcome=$?`,
          'cat plan.md >> "$GITHUB_STEP_SUMMARY"',
          'end="end-$(od -An -N16 -tx1 /dev/urandom | tr -d " \\n")"',
          '{ echo "comment<<$end"; cat plan.md; echo "$end"; } >> "$GITHUB_OUTPUT"',
          'exit "$outcome"',
        ]),
      },
    ],
  };
}

function commentJob(pipeline: Pipeline): JsonObject {
  return {
    // Runs for forks have a token that may only read.
    if: "always() && needs.plan.outputs.comment != '' && github.event.pull_request.head.repo.full_name == github.repository",
    needs: 'plan',
    'runs-on': pipeline.runsOn ?? usualRunner,
    permissions: { 'pull-requests': 'write' },
    steps: [
      {
        name: 'Comment',
        env: {
          GH_TOKEN: `\${{ github.token }}`,
          COMMENT: `\${{ needs.plan.outputs.comment }}`,
          PULL: `\${{ github.event.pull_request.number }}`,
        },
        run: script(commentLines),
      },
    ],
  };
}

/** For the registry's audit. */
const actor = { AILAB_DATASETS_ACTOR: `github:\${{ github.actor }}` };

function publishJob(pipeline: Pipeline, branch: string, lines: readonly string[]): JsonObject {
  const publisher = login(pipeline, pipeline.serviceAccount);
  return {
    ...onPush([branch]),
    'runs-on': pipeline.runsOn ?? usualRunner,
    permissions: permissions(publisher),
    steps: [
      ...projectSteps(),
      ...googleSteps(publisher),
      {
        name: 'Publish',
        env: { ...actor, ...secretEnvironment(pipeline.secrets) },
        run: script(lines),
      },
    ],
  };
}

function imageJob(pipeline: Pipeline, image: string): JsonObject {
  const publisher = login(pipeline, pipeline.serviceAccount);
  return {
    ...onPush([pipeline.developBranch, pipeline.mainBranch]),
    'runs-on': pipeline.runsOn ?? usualRunner,
    permissions: permissions(publisher),
    steps: [
      ...projectSteps().slice(0, 1),
      ...imageLogin(pipeline, image),
      {
        name: 'Build the image',
        env: { IMAGE: image },
        run: script([
          `${shellLine(['docker', 'build', ...pipeline.buildFlags])} --tag "$IMAGE:$GITHUB_SHA" .`,
          'docker push "$IMAGE:$GITHUB_SHA"',
        ]),
      },
    ],
  };
}

function releaseJob(pipeline: Pipeline): JsonObject {
  const { image, mainBranch } = pipeline;
  const publisher = image === undefined ? {} : login(pipeline, pipeline.serviceAccount);
  const [checkout] = projectSteps();
  return {
    ...onPush([mainBranch]),
    needs: image === undefined ? ['prod'] : ['prod', 'image'],
    'runs-on': pipeline.runsOn ?? usualRunner,
    permissions: permissions(publisher, { contents: 'write' }),
    steps: [
      { ...checkout, with: { 'persist-credentials': true } },
      ...(image === undefined ? [] : imageLogin(pipeline, image)),
      {
        name: 'Release',
        ...(image !== undefined && { env: { IMAGE: image } }),
        run: script(['commit="$GITHUB_SHA"', ...tagLines, ...(image === undefined ? [] : imageTagLines)]),
      },
    ],
  };
}

/** Docker logs in with the token of the account that publishes. */
function imageLogin(pipeline: Pipeline, image: string): readonly JsonObject[] {
  const [google] = googleSteps(login(pipeline, pipeline.serviceAccount));
  if (google === undefined) return [];
  const options = typeof google['with'] === 'object' && google['with'] !== null ? google['with'] : {};
  return [
    { ...google, id: 'google', with: { ...options, token_format: 'access_token', create_credentials_file: false } },
    {
      name: 'Log in to the image registry',
      env: { TOKEN: `\${{ steps.google.outputs.access_token }}` },
      run: `printf '%s' "$TOKEN" | ${shellLine(['docker', 'login', '--username', 'oauth2accesstoken', '--password-stdin', hostOf(image)])}`,
    },
  ];
}

function hostOf(image: string): string {
  return image.split('/', 1)[0] ?? image;
}

function onPush(branches: readonly string[]): JsonObject {
  const refs = branches.map((branch) => `github.ref == 'refs/heads/${branch}'`).join(' || ');
  return { if: `github.event_name == 'push' && ${branches.length > 1 ? `(${refs})` : refs}` };
}

function script(lines: readonly string[]): string {
  return lines.length === 1 ? (lines[0] ?? '') : `${lines.join('\n')}\n`;
}
