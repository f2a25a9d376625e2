import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Job {
  readonly if: string;
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** What a test stands in for: the event, the checkout, the programs of a runner. */
export interface WorkflowRun {
  /** The context `github`. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The clone that the action checkout would make, absolute. */
  readonly checkout: string;
  /** Programs that stand in for a runner's, before all others; absolute. */
  readonly programs: string;
  /** For files of the run; absolute. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What became of a job. */
export interface JobRun {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What its steps printed. */
  readonly log: string;
}

/** Actions that a test stands in for: the checkout is there, Node runs, and nobody logs in anywhere. */
const knownActions = /^(?:actions\/checkout|actions\/setup-node)@[0-9a-f]{40}$/;

/**
 * Runs the jobs of a workflow in order as GitHub would: whether by its conditions, its expressions by GitHub's own evaluator, `run:` by `bash -e`, and outputs by GITHUB_OUTPUT. What it does not know it refuses.
 */
export async function runWorkflow(text: string, run: WorkflowRun): Promise<Readonly<Record<string, JobRun>>> {
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
  const done: Record<string, JobRun> = {};
  for (const [name, job] of Object.entries(jobs)) {
    const needed = [job.needs ?? []].flat().map((need) => [need, done[need]] as const);
    const needs = Object.fromEntries(
      needed.map(([need, ran]) => [need, { outputs: ran?.outputs ?? {}, result: ran?.result }]),
    );
    const [, always, condition = ''] = /^(always\(\) && )?(.*)$/.exec(job.if) ?? [];
    const mayRun = always !== undefined || needed.every(([, ran]) => ran?.result === 'success');
    const contexts = { github: { ...run.github, token: 'a token' }, needs, secrets: run.secrets ?? {} };
    const runs = mayRun && evaluate(condition, contexts) === true;
    done[name] = runs
      ? await runJob(name, job, contexts, run)
      : { result: 'skipped', outputs: {}, summary: '', log: '' };
  }
  return done;
}

async function runJob(name: string, job: Job, contexts: Contexts, run: WorkflowRun): Promise<JobRun> {
  const folder = join(run.scratch, name);
  await mkdir(folder, { recursive: true });
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  const steps: Record<string, unknown> = {};
  let log = '';
  let result: JobRun['result'] = 'success';
  await writeFile(summary, '');
  for (const step of job.steps) {
    if (step.uses !== undefined) {
      if (!knownActions.test(step.uses)) throw new Error(`${step.uses} is no action that the test stands in for`);
      continue;
    }
    await writeFile(output, '');
    const script = join(folder, 'script.sh');
    await writeFile(script, filled(step.run ?? '', contexts));
    const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, filled(value, { ...contexts, steps })]);
    const env = {
      ...{ PATH: `${run.programs}:${process.env['PATH']}`, HOME: run.scratch, CI: 'true', ...run.env },
      ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_SHA: String(run.github['sha']) },
      ...{ GITHUB_REPOSITORY: String(run.github['repository']), ...Object.fromEntries(own) },
    };
    const ran = await bash(script, run.checkout, env);
    log += ran.log;
    if (step.id !== undefined) steps[step.id] = { outputs: outputsOf(await readFile(output, 'utf8')) };
    if (ran.code === 0) continue;
    result = 'failure';
    break;
  }
  const outputs = Object.entries(job.outputs ?? {}).map(([key, value]) => [key, filled(value, { ...contexts, steps })]);
  return { result, outputs: Object.fromEntries(outputs), summary: await readFile(summary, 'utf8'), log };
}

function bash(
  script: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-e', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? 1, log }));
  });
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings */
function outputsOf(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined && line !== ''; line = lines.shift()) {
    const [, name = '', end = ''] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    const last = lines.indexOf(end);
    if (name === '' || last < 0) throw new Error(`no output as GitHub takes it: ${line}`);
    outputs[name] = lines
      .splice(0, last + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}

type Contexts = Readonly<Record<string, unknown>>;

/** A text with its expressions filled in. */
function filled(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => String(evaluate(expression, contexts) ?? ''));
}

function evaluate(expression: string, contexts: Contexts): unknown {
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), []).parse();
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const value = new Evaluator(tree, dictionary).evaluate();
  return value.kind === data.Kind.Boolean ? value.value : value.coerceString();
}
