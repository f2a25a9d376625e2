import type { ResolvedConfig } from '../../src/core/config/index.js';
import type { Check, Diagnosis } from '../../src/project/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { originText, registryText } from '../frame/origin-text.js';
import { formatBytes, formatCount, renderTable, type Style, type TextOutput } from '../terminal/index.js';

interface DoctorFlags {
  readonly python: string;
  readonly clean?: boolean;
}

export const doctorCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .option('--python <path>', 'Python interpreter whose readers are looked for', 'python3')
      .option('--clean', 'remove what builds that died left in the registry, and old reports of builds')
      .addHelpText(
        'after',
        examples(
          ['doctor', 'look at everything'],
          ['doctor --python .venv/bin/python', "look for readers in a virtual environment's Python"],
        ),
      )
      .action((flags: DoctorFlags) => invoke((context) => doctor(context, flags)));
  },
};

async function doctor(context: CommandContext, flags: DoctorFlags): Promise<CommandResult> {
  const { cleanRegistry, diagnose } = await import('../../src/project/index.js');
  const cleaned = flags.clean === true ? await cleanRegistry(await context.config()) : [];
  const diagnosis = await diagnose({
    config: () => context.config(),
    python: flags.python,
    nodeVersion: process.version,
    cwd: context.cwd,
  });
  const problems = diagnosis.checks.filter((check) => check.status === 'problem').length;
  return {
    data: { ready: problems === 0, cleaned, checks: diagnosis.checks, config: diagnosis.config },
    text: () =>
      [...cleaned.map((what) => `removed ${what}`), render(diagnosis, problems, context.terminal.out)].join('\n'),
    exitCode: problems === 0 ? exitCodes.ok : exitCodes.environment,
  };
}

function render({ checks, config }: Diagnosis, problems: number, out: TextOutput): string {
  const lines = checks.flatMap((check) => [
    `${mark(check, out.style)} ${check.finding}`,
    ...(check.remedy === undefined ? [] : [`    ${out.style.dim(check.remedy)}`]),
  ]);
  const verdict =
    problems === 0
      ? out.style.green('Ready.')
      : out.style.red(`${problems} ${problems === 1 ? 'problem stands' : 'problems stand'} in the way.`);
  const settings = config === undefined ? [] : ['', renderSettings(config, out)];
  return [...lines, ...settings, '', verdict].join('\n');
}

function mark(check: Check, style: Style): string {
  if (check.status === 'ok') return style.green('ok  ');
  return check.status === 'warning' ? style.yellow('note') : style.red('BAD ');
}

function renderSettings(config: ResolvedConfig, out: TextOutput): string {
  const { origins } = config;
  const rows = [
    ['registry', registryText(config), origins.registry],
    ['registries', registriesText(config), origins.registries],
    ['datasets', config.datasets.join('\n') || 'none', origins.datasets],
    ['packages', config.packages.map(({ name }) => name).join(', ') || 'none', origins.packages],
    ['formats', config.formats.join(', '), origins.formats],
    ['runner', config.runner, origins.runner],
    ['warehouse', config.warehouse, origins.warehouse],
    ['bigquery', bigQueryText(config), origins.bigquery],
    ['beam', beamText(config), origins.beam],
    ['dataflow', dataflowText(config), origins.dataflow],
    ['workers', formatCount(config.workers), origins.workers],
    ['bufferBytes', formatBytes(config.bufferBytes), origins.bufferBytes],
    [
      'maxShardBytes',
      config.maxShardBytes === undefined ? "tfds' rule" : formatBytes(config.maxShardBytes),
      origins.maxShardBytes,
    ],
    ['manualDirectory', config.manualDirectory ?? 'none', origins.manualDirectory],
    ['cacheDirectory', config.cacheDirectory, origins.cacheDirectory],
    ['cacheBytes', formatBytes(config.cacheBytes), origins.cacheBytes],
    ['maxDownloadBytes', formatBytes(config.maxDownloadBytes), origins.maxDownloadBytes],
    ['maxExtractedBytes', formatBytes(config.maxExtractedBytes), origins.maxExtractedBytes],
    ['maxExtractionRatio', String(config.maxExtractionRatio), origins.maxExtractionRatio],
    ['maxRetainedBytes', formatBytes(config.maxRetainedBytes), origins.maxRetainedBytes],
    ['workDirectory', config.workDirectory ?? 'in cacheDirectory', origins.workDirectory],
  ] as const;
  return renderTable(
    [{ title: 'setting' }, { title: 'value' }, { title: 'from', dress: out.style.dim }],
    rows.map(([setting, value, origin]) => [setting, value, originText(origin)]),
    out.width,
    out.style,
  );
}

function bigQueryText({ bigquery }: ResolvedConfig): string {
  const { maximumBytesBilled, ...others } = bigquery;
  const lines = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [...lines, `maximumBytesBilled: ${formatBytes(maximumBytesBilled)}`].join('\n');
}

function beamText({ beam }: ResolvedConfig): string {
  const { environment, options, ...rest } = beam;
  const parts = {
    ...rest,
    ...(environment !== undefined && { environment: Object.values(environment).join(':') }),
    ...(Object.keys(options).length > 0 && { options: JSON.stringify(options) }),
  };
  const lines = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return lines.join('\n') || 'none';
}

function dataflowText({ dataflow }: ResolvedConfig): string {
  const lines = Object.entries(dataflow).map(
    ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return lines.join('\n') || 'none';
}

function registriesText({ registries }: ResolvedConfig): string {
  const lines = Object.entries(registries).map(([name, place]) => `${name}: ${place}`);
  return lines.join('\n') || 'none';
}
