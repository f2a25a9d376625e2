import { DatasetsError } from '../../src/core/errors/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { VerifyReport } from '../../src/reader/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { progressDisplay } from '../progress/index.js';
import { formatCount, renderTable, type TextOutput } from '../terminal/index.js';

interface VerifyFlags {
  readonly all?: boolean;
}

export const verifyCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('[reference...]', 'published versions: product_a, product_a/men, product_a:1.2.0')
      .option('--all', 'every version in the registry')
      .addHelpText(
        'after',
        examples(
          ['verify mnist', 'every file, record, checksum and the order of keys'],
          ['verify --all --json', 'a whole registry, for a nightly check'],
        ),
      )
      .action((references: readonly string[], flags: VerifyFlags) =>
        invoke((context) => verify(context, references, flags)),
      );
  },
};

async function verify(context: CommandContext, named: readonly string[], flags: VerifyFlags): Promise<CommandResult> {
  if ((named.length === 0) === (flags.all !== true)) {
    throw new DatasetsError(
      'USAGE',
      named.length === 0 ? 'nothing to verify' : '--all verifies everything, so no names go with it',
      {
        hint: 'Name versions, or pass --all.',
      },
    );
  }
  const { publishedReferences } = await import('../../src/catalog/index.js');
  const references = named.length === 0 ? await publishedReferences(await context.config()) : named;
  const reports: VerifyReport[] = [];
  for (const reference of references) reports.push(await verifyOne(reference, context));
  const sound = reports.every(({ problems }) => problems.length === 0);
  return {
    data: { sound, versions: reports },
    text: () => reports.map((report) => render(report, context.terminal.out)).join('\n'),
    exitCode: sound ? exitCodes.ok : exitCodes.failed,
  };
}

async function verifyOne(reference: string, context: CommandContext): Promise<VerifyReport> {
  const { verifyReference } = await import('../../src/catalog/index.js');
  const display = progressDisplay(context, 'bytes');
  let stage = reference;
  const started = performance.now();
  try {
    const report = await verifyReference(reference, await context.config(), {
      signal: context.signal,
      onStart: (name, bytes) => {
        stage = name;
        display.onProgress({ type: 'stage-start', stage, tasks: 1, ...(bytes !== undefined && { rows: bytes }) });
      },
      onProgress: (bytes) => display.onProgress({ type: 'rows', stage, rows: bytes }),
    });
    display.onProgress({ type: 'stage-end', stage, rows: 0, seconds: (performance.now() - started) / 1000 });
    return report;
  } finally {
    display.close();
  }
}

function render(report: VerifyReport, out: TextOutput): string {
  const name = out.style.bold(formatReference(report));
  const { problems } = report;
  if (problems.length === 0) {
    const against = report.hasManifest
      ? 'as it was published'
      : 'readable; tfds prepared it, so there is no manifest to compare with';
    return `${name} ${out.style.green('ok')}: ${formatCount(report.examples)} examples, ${against}`;
  }
  const rows = problems.map(({ file, offset, code, message }) => [
    file,
    offset === undefined ? '' : formatCount(offset),
    code,
    message,
  ]);
  const table = renderTable(
    [
      { title: 'file' },
      { title: 'byte', align: 'right' },
      { title: 'code', dress: out.style.red },
      { title: 'what is wrong' },
    ],
    rows,
    out.width,
    out.style,
  );
  const count = `${formatCount(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return `${name} ${out.style.red('damaged')}: ${count} in ${report.location}\n${table}`;
}
