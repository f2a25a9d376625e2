import { resolve } from 'node:path';
import { Option } from 'commander';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import { DatasetsError, nearest } from '../../src/core/errors/index.js';
import { formatGcsUrl, isGcsUrl, parseGcsUrl } from '../../src/core/location/index.js';
import type { ExportFormat, ExportReport } from '../../src/export/index.js';
import { list } from '../flags/parsers.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';
import { progressDisplay } from '../progress/index.js';
import { formatBytes, formatCount } from '../terminal/index.js';

interface ConvertFlags {
  readonly to: string;
  readonly fileFormat: readonly string[];
  readonly split?: readonly string[];
  readonly gzip?: boolean;
  readonly overwrite?: boolean;
}

export const convertCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a, product_a/men, product_a:1.2.0')
      .requiredOption(
        '--to <place>',
        'for tfrecord, arrow and parquet a registry (a directory, gs://bucket/path or a configured name), where the version appears as a whole; for jsonl and csv a folder',
      )
      .addOption(
        new Option(
          '--file-format <formats>',
          'tfrecord, arrow, parquet, jsonl, csv (repeat it, or separate them with commas)',
        )
          .argParser(list)
          .makeOptionMandatory(),
      )
      .option(
        '--split <names>',
        'with jsonl and csv: only these splits (repeat it, or separate them with commas)',
        list,
      )
      .option('--gzip', 'with jsonl and csv: compress the files')
      .option('--overwrite', 'replace what is there')
      .addHelpText(
        'after',
        examples(
          ['convert product_a:1.2.0 --file-format jsonl --to /tmp/out', 'one file of JSON Lines a split'],
          ['convert mnist --file-format arrow --to /mnt/usb', 'the same version, Arrow alone, in another registry'],
          ['convert product_b --file-format csv --split train --gzip --to .', 'a compressed CSV file of one split'],
        ),
      )
      .action((reference: string, flags: ConvertFlags) => invoke((context) => convert(context, reference, flags)));
  },
};

async function convert(context: CommandContext, reference: string, flags: ConvertFlags): Promise<CommandResult> {
  const [{ locateReference }, { exportVersion, exportFormats }, { stagingDirectory }] = await Promise.all([
    import('../../src/catalog/index.js'),
    import('../../src/export/index.js'),
    import('../../src/build/index.js'),
  ]);
  const formats = flags.fileFormat.map((name) => checkFormat(name, exportFormats));
  const config = await context.config();
  const directory = placeOf(flags.to, context.cwd, config);
  checkPlace(directory, formats);
  const { files } = await locateReference(reference, config, warningsTo(context));
  const display = progressDisplay(context);
  try {
    const report = await exportVersion(files, {
      directory,
      workDirectory: stagingDirectory(config),
      formats: [...new Set(formats)],
      ...(flags.split !== undefined && { splits: flags.split }),
      gzip: flags.gzip === true,
      overwrite: flags.overwrite === true,
      signal: context.signal,
      onProgress: (event) => display.onProgress(event),
    });
    return { data: report, text: () => render(report) };
  } finally {
    display.close();
  }
}

/** A registry's name, a `gs://` URL, or a folder. */
function placeOf(to: string, cwd: string, config: ResolvedConfig): string {
  if (isGcsUrl(to)) return formatGcsUrl(parseGcsUrl(to));
  return (Object.hasOwn(config.registries, to) ? config.registries[to] : undefined) ?? resolve(cwd, to);
}

function checkPlace(place: string, formats: readonly ExportFormat[]): void {
  const text = formats.find((format) => format === 'jsonl' || format === 'csv');
  if (text === undefined || !isGcsUrl(place)) return;
  throw new DatasetsError('USAGE', `${text} is written to a folder of this machine, and --to is ${place}`, {
    hint: 'Name a folder with --to, and copy the files from there.',
  });
}

function checkFormat(name: string, known: readonly ExportFormat[]): ExportFormat {
  const format = known.find((candidate) => candidate === name);
  if (format !== undefined) return format;
  const meant = nearest(name, known);
  throw new DatasetsError('USAGE', `--file-format must be ${known.join(', ')}, but is ${JSON.stringify(name)}`, {
    hint:
      meant === undefined
        ? 'Other formats: read the Arrow shards with pyarrow and write them.'
        : `Did you mean ${meant}?`,
  });
}

function render(report: ExportReport): string {
  return [...report.paths, `${formatCount(report.examples)} examples, ${formatBytes(report.bytes)}`].join('\n');
}
