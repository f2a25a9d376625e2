import { resolve } from 'node:path';
import { Option } from 'commander';
import type { PullReport } from '../../src/cache/index.js';
import { type ConfiguredFormat, outputFormats } from '../../src/core/config/index.js';
import { list } from '../flags/parsers.js';
import { strictFlag } from '../flags/strict.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';
import { progressDisplay } from '../progress/index.js';

interface PullFlags {
  readonly to: string;
  readonly fileFormat?: ConfiguredFormat;
  readonly split?: readonly string[];
  readonly strict?: boolean;
}

export const pullCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a:1.2.0, product_a/men:1.*.*, product_a@prod')
      .requiredOption('--to <dir>', 'directory in which the version appears as <name>/[<config>/]<version>')
      .addOption(new Option('--file-format <format>', 'only the files of this format').choices(outputFormats))
      .option('--split <names>', 'only these splits (repeat it, or separate them with commas)', list)
      .addOption(strictFlag())
      .addHelpText(
        'after',
        examples(
          ['pull product_a:1.2.0 --to /scratch', 'on every rank of a host: one fetches, the others wait for it'],
          [
            'pull product_a@prod --to /scratch --file-format arrow --json',
            'the exact version and its path, for a script',
          ],
        ),
      )
      .action((reference: string, flags: PullFlags) => invoke((context) => pull(context, reference, flags)));
  },
};

async function pull(context: CommandContext, reference: string, flags: PullFlags): Promise<CommandResult> {
  const { pullVersion } = await import('../../src/cache/index.js');
  const { registry } = await context.config();
  const display = progressDisplay(context, 'bytes');
  const started = performance.now();
  let stage: string | undefined;
  let total = 0;
  try {
    const report = await pullVersion(reference, {
      registry,
      directory: resolve(context.cwd, flags.to),
      formats: flags.fileFormat && [flags.fileFormat],
      splits: flags.split,
      strict: flags.strict,
      ...warningsTo(context),
      signal: context.signal,
      onWait: () => display.note(`another process of this host is pulling ${reference}: waiting for it`),
      onStart: ({ reference: exact, bytes, keptBytes }) => {
        stage = exact;
        total = bytes;
        display.onProgress({ type: 'stage-start', stage, tasks: 1, rows: bytes });
        display.onProgress({ type: 'rows', stage, rows: keptBytes });
      },
      onProgress: (bytes) => stage !== undefined && display.onProgress({ type: 'rows', stage, rows: bytes }),
    });
    const seconds = (performance.now() - started) / 1000;
    if (stage !== undefined) display.onProgress({ type: 'stage-end', stage, rows: total, seconds });
    return { data: dataOf(report), text: () => report.directory };
  } finally {
    display.close();
  }
}

function dataOf({ name, config, version, directory, status, fetched, kept, yank }: PullReport): unknown {
  const yanked = yank === undefined ? {} : { yank };
  return { name, config: config ?? null, version, path: directory, status, fetched, kept, ...yanked };
}
