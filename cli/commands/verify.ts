import type { RepairedFile } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { VerifyReport } from '../../src/reader/index.js';
import { showBuildEvent } from '../builds/run-builds.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { exitCodes } from '../frame/exit-code.js';
import { progressDisplay } from '../progress/index.js';
import { formatCount, renderTable, type TextOutput } from '../terminal/index.js';

interface VerifyFlags {
  readonly all?: boolean;
  readonly repair?: boolean;
  readonly from?: string;
  /** False with --no-rebuild. */
  readonly rebuild?: boolean;
}

/** A version, as it is after what was asked for. */
interface Outcome {
  readonly report: VerifyReport;
  /** Of what was found at first; undefined where nothing was to be repaired. */
  readonly repaired: readonly RepairedFile[] | undefined;
}

export const verifyCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('[reference...]', 'published versions: product_a, product_a/men, product_a:1.2.0')
      .option('--all', 'every version in the registry')
      .option('--repair', 'put back what is damaged or missing, to the same bytes')
      .option(
        '--from <registry>',
        'with --repair: another registry that holds the versions (a directory, gs://bucket/path or a configured name)',
      )
      .option('--no-rebuild', 'with --repair: build nothing again')
      .addHelpText(
        'after',
        examples(
          ['verify mnist', 'every file, record, checksum and the order of keys'],
          ['verify --all --json', 'a whole registry, for a nightly check'],
          ['verify mnist --repair --from prod', 'fetch what is damaged from the registry prod, else build it again'],
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
  if (flags.repair !== true && (flags.from !== undefined || flags.rebuild === false)) {
    throw new DatasetsError('USAGE', '--from and --no-rebuild say how to repair', { hint: 'Pass --repair as well.' });
  }
  const { publishedReferences } = await import('../../src/catalog/index.js');
  const references = named.length === 0 ? await publishedReferences(await context.config()) : named;
  const outcomes: Outcome[] = [];
  for (const reference of references) outcomes.push(await verifyAndRepair(reference, context, flags));
  const sound = outcomes.every(({ report }) => report.problems.length === 0);
  return {
    data: { sound, versions: outcomes.map(({ report, repaired }) => ({ ...report, ...(repaired && { repaired }) })) },
    text: () => outcomes.map((outcome) => render(outcome, context.terminal.out)).join('\n'),
    exitCode: sound ? exitCodes.ok : exitCodes.failed,
  };
}

async function verifyAndRepair(reference: string, context: CommandContext, flags: VerifyFlags): Promise<Outcome> {
  const report = await verifyOne(reference, context);
  if (flags.repair !== true || report.problems.length === 0) return { report, repaired: undefined };
  const { repairVersion } = await import('../../src/build/index.js');
  const display = progressDisplay(context, 'rows');
  try {
    const { files } = await repairVersion(formatReference(report), await context.config(), {
      from: flags.from,
      rebuild: flags.rebuild,
      signal: context.signal,
      onProgress: (event) => showBuildEvent(event, display),
    });
    return { report: await verifyOne(formatReference(report), context), repaired: files };
  } finally {
    display.close();
  }
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

function render({ report, repaired }: Outcome, out: TextOutput): string {
  const verdict = renderReport(report, out);
  if (repaired === undefined) return verdict;
  const lines = repaired.map(({ path, problem, from, refusals }) =>
    from === undefined
      ? `${out.style.red('not repaired')} ${path}: ${problem}; ${refusals.join('; ')}`
      : `${out.style.green('repaired')} ${path} from ${from}: ${problem}`,
  );
  return [...lines, verdict].join('\n');
}

function renderReport(report: VerifyReport, out: TextOutput): string {
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
