import type { Json } from '../../../core/json/index.js';

/** How often a job is asked how it does. */
const pollSeconds = 60;

/** What the workflow is told of the place where its jobs run. */
export interface WorkflowPlace {
  readonly project: string;
  readonly region: string;
  readonly image: string;
  readonly serviceAccount: string;
  /** Its own name. */
  readonly workflow: string;
}

const auth = { type: 'OAuth2' };
/** Of the standard library: 429, 502, 503, 504 and lost connections, five times. */
const retry = expression('http.default_retry');
/** 429 and 503 alone: after those nothing was made. */
const retryCreation = expression('http.default_retry_non_idempotent');

/**
 * A workflow that runs a custom job of Vertex AI for each branch that it is given, side by side, and waits for them.
 *
 * Syntax: https://cloud.google.com/workflows/docs/reference/syntax; jobs: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.customJobs
 */
export function rebuildWorkflow(place: WorkflowPlace): Json {
  return {
    main: { params: ['args'], steps: mainSteps(place) },
    run_branch: { params: ['jobs', 'execution', 'branch', 'deadline'], steps: branchSteps(place) },
    cancel_children: { params: ['jobs', 'execution'], steps: cancelSteps(place) },
  };
}

function mainSteps({ project, region, workflow }: WorkflowPlace): Json {
  const jobs = `https://${region}-aiplatform.googleapis.com/v1/projects/${project}/locations/${region}/customJobs`;
  const executions = `https://workflowexecutions.googleapis.com/v1/projects/${project}/locations/${region}/workflows/${workflow}/executions/`;
  return [
    {
      begin: {
        assign: [
          { jobs },
          { execution: expression('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
          { failed: [] },
          { cancel: expression('map.get(args, "cancel")') },
        ],
      },
    },
    { choose: { switch: [{ condition: expression('cancel != null'), next: 'cancel_execution' }] } },
    { limit: { assign: [{ deadline: expression('sys.now() + args.timeoutSeconds') }] } },
    {
      branches: {
        parallel: {
          shared: ['failed'],
          for: {
            value: 'branch',
            in: expression('args.branches'),
            steps: [
              {
                attempt: {
                  try: {
                    call: 'run_branch',
                    args: {
                      jobs: expression('jobs'),
                      execution: expression('execution'),
                      branch: expression('branch'),
                      deadline: expression('deadline'),
                    },
                  },
                  except: {
                    as: 'error',
                    steps: [{ note: { assign: [{ failed: expression('list.concat(failed, branch.name)') }] } }],
                  },
                },
              },
            ],
          },
        },
      },
    },
    { verdict: { switch: [{ condition: expression('len(failed) > 0'), next: 'fail' }] } },
    { done: { return: 'rebuilt' } },
    { fail: { raise: { message: 'branches failed: their jobs say why', failed: expression('failed') } } },
    {
      cancel_execution: {
        try: { call: 'http.post', args: { url: expression(`"${executions}" + cancel + ":cancel"`), auth } },
        retry,
        except: { as: 'error', steps: [{ over: { assign: [{ ended: expression('error') }] } }] },
      },
    },
    { cancel_jobs: { call: 'cancel_children', args: { jobs: expression('jobs'), execution: expression('cancel') } } },
    { cancelled: { return: 'cancelled' } },
  ];
}

function branchSteps({ region, image, serviceAccount }: WorkflowPlace): Json {
  const api = `https://${region}-aiplatform.googleapis.com/v1/`;
  const body = {
    displayName: expression('branch.name'),
    labels: { 'ailab-datasets': 'rebuild', execution: expression('execution') },
    jobSpec: {
      workerPoolSpecs: [
        {
          machineSpec: { machineType: expression('branch.machineType') },
          replicaCount: 1,
          diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: expression('branch.diskGib') },
          containerSpec: { imageUri: image, command: ['ailab-datasets'], args: expression('branch.args') },
        },
      ],
      // Vertex AI itself ends it then, whatever became of this workflow.
      scheduling: { timeout: expression('string(branch.timeoutSeconds) + "s"'), restartJobOnWorkerRestart: true },
      serviceAccount,
    },
  };
  return [
    {
      create: {
        try: { call: 'http.post', args: { url: expression('jobs'), auth, body }, result: 'created' },
        retry: retryCreation,
      },
    },
    { begun: { assign: [{ url: expression(`"${api}" + created.body.name`) }, { isOver: false }] } },
    {
      watch: {
        try: {
          steps: [
            { pause: { call: 'sys.sleep', args: { seconds: pollSeconds } } },
            { poll: { try: { call: 'http.get', args: { url: expression('url'), auth }, result: 'job' }, retry } },
            { look: { assign: [{ state: expression('job.body.state') }] } },
            {
              judge: {
                switch: [
                  { condition: expression('state == "JOB_STATE_SUCCEEDED"'), return: expression('state') },
                  {
                    condition: isOneOf('state', ['FAILED', 'CANCELLED', 'EXPIRED']),
                    next: 'over',
                  },
                  { condition: expression('sys.now() > deadline'), next: 'late' },
                ],
                next: 'pause',
              },
            },
            { over: { assign: [{ isOver: true }] } },
            { ended: { raise: expression('branch.name + " ended as " + state') } },
            { late: { raise: expression('branch.name + " is late"') } },
          ],
        },
        except: {
          as: 'error',
          steps: [
            { whether: { switch: [{ condition: expression('isOver'), next: 'tell' }] } },
            { cancel: { try: { call: 'http.post', args: { url: expression('url + ":cancel"'), auth } }, retry } },
            { tell: { raise: expression('error') } },
          ],
        },
      },
    },
  ];
}

/** Of an execution that was cancelled nothing more is run: whoever cancels it by this workflow ends its jobs too. */
function cancelSteps({ region }: WorkflowPlace): Json {
  const api = `https://${region}-aiplatform.googleapis.com/v1/`;
  const filter = expression('"labels.execution=" + execution');
  return [
    { begin: { assign: [{ none: [] }] } },
    {
      list: {
        try: { call: 'http.get', args: { url: expression('jobs'), auth, query: { filter } }, result: 'found' },
        retry,
      },
    },
    {
      each: {
        for: {
          value: 'job',
          in: expression('default(map.get(found.body, "customJobs"), none)'),
          steps: [
            {
              running: {
                switch: [
                  {
                    condition: isOneOf('job.state', ['QUEUED', 'PENDING', 'RUNNING']),
                    next: 'stop',
                  },
                ],
                next: 'continue',
              },
            },
            {
              stop: {
                try: { call: 'http.post', args: { url: expression(`"${api}" + job.name + ":cancel"`), auth } },
                retry,
              },
            },
          ],
        },
      },
    },
  ];
}

/** No list stands in an expression: the reference of their syntax shows none. */
function isOneOf(variable: string, states: readonly string[]): string {
  return expression(states.map((state) => `${variable} == "JOB_STATE_${state}"`).join(' or '));
}

function expression(text: string): string {
  return `\${${text}}`;
}
