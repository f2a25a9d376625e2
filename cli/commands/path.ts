import { Option } from 'commander';
import type { LocatedVersion } from '../../src/cache/index.js';
import { type ConfiguredFormat, outputFormats } from '../../src/core/config/index.js';
import type { ResolvedVersion } from '../../src/registry/index.js';
import { strictFlag } from '../flags/strict.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { warningsTo } from '../frame/warnings.js';
import { progressDisplay } from '../progress/index.js';

interface PathFlags {
  readonly split?: string;
  readonly fileFormat?: ConfiguredFormat;
  readonly url?: boolean;
  readonly strict?: boolean;
}

export const pathCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a, product_a/men, product_a:1.2.0, product_a:1.*.*')
      .option('--split <name>', "this split's shard files, one a line, in place of the version's directory")
      .addOption(new Option('--file-format <format>', 'with --split: which files').choices(outputFormats))
      .option('--url', 'where the registry holds the version, gs:// included; nothing is fetched')
      .addOption(strictFlag())
      .addHelpText(
        'after',
        examples(
          ['path product_a', 'directory of the newest version'],
          ["path 'product_a/men:1.*.*'", 'newest of the first major version'],
          ['path mnist --split train --file-format arrow', 'the shards of a split'],
          ['path product_a --url', 'the URL in a bucket'],
        ),
      )
      .action((reference: string, flags: PathFlags) => invoke((context) => path(context, reference, flags)));
  },
};

async function path(context: CommandContext, reference: string, flags: PathFlags): Promise<CommandResult> {
  const { findVersion, locateReference, shardPaths } = await import('../../src/catalog/index.js');
  const config = await context.config();
  const reaction = { ...warningsTo(context), strict: flags.strict };
  if (flags.url === true) return result(await findVersion(reference, config, reaction));
  const version = await locateReference(reference, config, reaction);
  if (flags.split === undefined) return result({ ...version, location: await fetchAll(context, version) });
  const files = await shardPaths(version, flags.split, flags.fileFormat);
  return { data: { path: version.directory, files }, text: () => files.join('\n') };
}

function result({ location, name, config, version }: ResolvedVersion): CommandResult {
  return { data: { path: location, name, config: config ?? null, version }, text: () => location };
}

/** What is printed must be there: a version of a remote registry is fetched first. */
async function fetchAll(context: CommandContext, version: LocatedVersion): Promise<string> {
  const { fetchVersion } = await import('../../src/cache/index.js');
  const display = progressDisplay(context);
  const stage = 'fetch files';
  const started = performance.now();
  let total = 0;
  try {
    return await fetchVersion(version, {
      signal: context.signal,
      onStart: (tasks) => {
        total = tasks;
        display.onProgress({ type: 'stage-start', stage, tasks, rows: tasks });
      },
      onProgress: (done) => display.onProgress({ type: 'task-end', stage, done, tasks: total, rows: done }),
    });
  } finally {
    if (total > 0)
      display.onProgress({ type: 'stage-end', stage, rows: total, seconds: (performance.now() - started) / 1000 });
    display.close();
  }
}
