import { DatasetsError } from '../../src/core/errors/index.js';
import { formatReference, parseDatasetName, parseReference } from '../../src/core/names/index.js';
import type { PrunedVersion, PruneReport } from '../../src/registry/index.js';
import { duration, list, wholeNumber } from '../flags/parsers.js';
import { reasonFlag } from '../flags/reason.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { formatBytes, formatCount, renderTable, type TextOutput } from '../terminal/index.js';

interface PruneFlags {
  readonly keepLast?: number;
  /** Milliseconds. */
  readonly keepNewerThan?: number;
  readonly keep?: readonly string[];
  readonly reason?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export const pruneCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('[dataset...]', 'data sets to look at (default: all of the registry)')
      .option('--keep-last <count>', 'keep so many newest versions of each data set and config', wholeNumber(1))
      .option('--keep-newer-than <age>', 'keep what was published since: 12h, 30d, 8w', duration)
      .option(
        '--keep <references>',
        'keep these versions: product_a:1.2.0, product_a:1.*.* (repeat it, or separate them with commas)',
        list,
      )
      .addOption(reasonFlag('why: whoever asks for a removed version is told'))
      .option('--yes', 'remove them; without it the command only says what would go')
      .option('--dry-run', 'only say what would go: the default')
      .addHelpText(
        'after',
        examples(
          ['prune product_a', 'say which snapshots would go that the builder does not keep (`keep`)'],
          ['prune --keep-last 3', 'say what would go if three versions of each data set were kept'],
          ['prune product_a --keep-newer-than 90d --yes', 'remove versions of product_a older than 90 days'],
        ),
      )
      .action((names: readonly string[], flags: PruneFlags) => invoke((context) => prune(context, names, flags)));
  },
};

async function prune(context: CommandContext, names: readonly string[], flags: PruneFlags): Promise<CommandResult> {
  if (flags.yes === true && flags.dryRun === true) {
    throw new DatasetsError('USAGE', '--yes removes, --dry-run does not', { hint: 'Pass one of them.' });
  }
  const [{ snapshotRules }, { openRegistry, prune: pruneRegistry }] = await Promise.all([
    import('../../src/build/index.js'),
    import('../../src/registry/index.js'),
  ]);
  const config = await context.config();
  const asked = names.length > 0 ? names.map(parseDatasetName) : undefined;
  const report = await pruneRegistry(openRegistry(config.registry), {
    names: asked,
    snapshots: await snapshotRules(config, asked),
    keepLast: flags.keepLast,
    ...(flags.keepNewerThan !== undefined && { keepNewerThan: new Date(Date.now() - flags.keepNewerThan) }),
    keep: (flags.keep ?? []).map(parseReference),
    remove: flags.yes === true,
    signal: context.signal,
    ...(flags.reason !== undefined && { reason: flags.reason }),
  });
  return {
    data: { registry: config.registry, removed: flags.yes === true, ...pruneData(report) },
    text: () => render(report, config.registry, flags.yes === true, context.terminal.out),
  };
}

function pruneData({ versions, unfinished, extracts, reports }: PruneReport) {
  return {
    versions: versions.map(({ version, keptBecause, outcome }) => ({
      reference: formatReference(version),
      bytes: version.bytes,
      createdAt: version.createdAt,
      keptBecause,
      outcome: outcome ?? null,
    })),
    unfinished: unfinished.map((tombstone) => formatReference(tombstone)),
    extracts: extracts.map(({ path, bytes, outcome }) => ({ path, bytes, outcome: outcome ?? null })),
    reports,
  };
}

function render(
  { versions, unfinished, extracts, reports }: PruneReport,
  registry: string,
  removes: boolean,
  out: TextOutput,
): string {
  if (versions.length + extracts.length + reports.length === 0) return `No versions in ${registry}.`;
  const table = renderTable(
    [
      { title: 'version', dress: out.style.bold },
      { title: 'size', align: 'right' },
      { title: 'published' },
      { title: removes ? 'done' : 'would', dress: (text) => (text.startsWith('stay') ? text : out.style.yellow(text)) },
      { title: 'because' },
    ],
    versions.map((pruned) => [
      formatReference(pruned.version),
      formatBytes(pruned.version.bytes),
      pruned.version.createdAt.toISOString().slice(0, 10),
      verb(pruned, removes),
      pruned.keptBecause.join('; ') || 'no rule keeps it',
    ]),
    out.width,
    out.style,
  );
  return [
    table,
    '',
    ...unfinished.map((tombstone) => unfinishedText(formatReference(tombstone), removes)),
    ...(extracts.length > 0 ? [extractsText(extracts, removes)] : []),
    ...(reports.length > 0 ? [reportsText(reports.length, removes)] : []),
    summary(versions, removes),
  ].join('\n');
}

function extractsText(extracts: PruneReport['extracts'], removes: boolean): string {
  const counted = removes ? extracts.filter(({ outcome }) => outcome === 'removed') : extracts;
  const bytes = formatBytes(counted.reduce((sum, extract) => sum + extract.bytes, 0));
  const count = `${formatCount(counted.length)} ${counted.length === 1 ? 'result' : 'results'} of queries`;
  const busy = extracts.length - counted.length;
  const rest = busy === 0 ? '' : ` ${formatCount(busy)} stay until a build has noted what it needs: run it again.`;
  return `${count} that no version needs any more ${removes ? 'went' : 'would go'}, ${bytes}.${rest}`;
}

function reportsText(count: number, removes: boolean): string {
  const reports = count === 1 ? 'An old report of a build' : `${formatCount(count)} old reports of builds`;
  return `${reports} ${removes ? 'went' : 'would go'}.`;
}

function verb({ keptBecause, outcome }: PrunedVersion, removes: boolean): string {
  if (keptBecause.length > 0) return removes ? 'stays' : 'stay';
  switch (outcome) {
    case undefined:
      return 'go';
    case 'removed':
      return 'removed';
    case 'gone':
      return 'was gone';
    case 'busy':
      return 'stays: in use by a build';
    case 'changed':
      return 'stays: was overwritten';
    case 'aliased':
      return 'stays: got an alias';
  }
}

function unfinishedText(reference: string, removes: boolean): string {
  return `The removal of ${reference}, which had not ended, ${removes ? 'was' : 'would be'} ended.`;
}

function summary(versions: readonly PrunedVersion[], removes: boolean): string {
  const going = versions.filter(({ keptBecause, outcome }) =>
    removes ? outcome === 'removed' : keptBecause.length === 0,
  );
  const bytes = formatBytes(going.reduce((sum, { version }) => sum + version.bytes, 0));
  const count = `${formatCount(going.length)} of ${formatCount(versions.length)} versions`;
  if (removes) return `Removed ${count}, ${bytes}.`;
  return going.length === 0
    ? 'Nothing would go.'
    : `${count} would go, ${bytes}. Run it again with --yes to remove them.`;
}
