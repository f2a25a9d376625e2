import { resolve } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { CheckedAge, CheckFinding, CheckReport } from '../../src/schedule/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { type ExitCode, exitCodes } from '../frame/exit-code.js';
import { formatDuration, renderTable, type TextOutput } from '../terminal/index.js';

interface CheckFlags {
  readonly all?: boolean;
  readonly strict?: boolean;
  readonly prometheus?: string;
}

export const checkCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('[dataset...]', 'data sets, by name; none: every data set of the project')
      .option('--all', 'every data set of the project, as without names')
      .option('--strict', 'warnings count as errors')
      .option('--prometheus <file>', "write what was found for Prometheus as well (node_exporter's textfile collector)")
      .addHelpText(
        'after',
        examples(
          ['check', 'whether all data that is expected is in its place'],
          ['check product_a --strict', 'one data set, warnings included'],
          ['check --json', 'for a monitor: ages and findings'],
          ['check --prometheus /var/lib/node_exporter/datasets.prom', 'for Prometheus'],
        ),
      )
      .action((names: readonly string[], flags: CheckFlags) => invoke((context) => check(context, names, flags)));
  },
};

async function check(context: CommandContext, names: readonly string[], flags: CheckFlags): Promise<CommandResult> {
  if (flags.all === true && names.length > 0) {
    throw new DatasetsError('USAGE', '--all is every data set, so no names go with it', {
      hint: 'Leave out the names, or --all.',
    });
  }
  const { checkDatasets, writePrometheus } = await import('../../src/schedule/index.js');
  const report = await checkDatasets({ names, config: await context.config(), now: new Date() });
  if (flags.prometheus !== undefined) await writePrometheus(report, resolve(context.cwd, flags.prometheus));
  const { errors, warnings } = countsOf(report);
  return {
    data: { ...report, errors, warnings },
    text: () => render(report, context.terminal.out),
    exitCode: exitCodeFor(errors + (flags.strict === true ? warnings : 0)),
  };
}

function exitCodeFor(problems: number): ExitCode {
  return problems === 0 ? exitCodes.ok : exitCodes.notFound;
}

function countsOf({ findings }: CheckReport): { readonly errors: number; readonly warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

function render(report: CheckReport, out: TextOutput): string {
  const { errors, warnings } = countsOf(report);
  const verdict = `${report.datasets} ${report.datasets === 1 ? 'data set' : 'data sets'}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
  return [
    ageTable(report.ages, out),
    ...(report.findings.length === 0 ? [] : ['', ...report.findings.flatMap((finding) => findingLines(finding, out))]),
    '',
    errors === 0 ? out.style.green(verdict) : out.style.red(verdict),
  ].join('\n');
}

function ageTable(ages: readonly CheckedAge[], { width, style }: TextOutput): string {
  const rows = ages.map(({ dataset, config, newest, ageSeconds, freshnessSeconds, isLate }) => [
    config === undefined ? dataset : `${dataset}/${config}`,
    newest ?? 'none',
    ageSeconds === undefined ? '' : formatDuration(ageSeconds),
    freshnessSeconds === undefined ? 'any' : formatDuration(freshnessSeconds),
    isLate ? 'late' : '',
  ]);
  const columns = [
    { title: 'data set', dress: style.bold },
    { title: 'newest' },
    { title: 'age', align: 'right' },
    { title: 'may be', align: 'right' },
    { title: '', dress: style.red },
  ] as const;
  return renderTable(columns, rows, width, style);
}

function findingLines({ severity, problem, message, hint }: CheckFinding, { style }: TextOutput): readonly string[] {
  const dress = severity === 'error' ? style.red : style.cyan;
  return [`${dress(`${severity}[${problem}]`)}: ${message}`, `  ${style.dim(hint)}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
