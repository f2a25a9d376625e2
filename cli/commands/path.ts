import { Option } from 'commander';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';

interface PathFlags {
  readonly split?: string;
  readonly fileFormat?: 'tfrecord' | 'arrow';
}

export const pathCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a, product_a/men, product_a:1.2.0, product_a:1.*.*')
      .option('--split <name>', "this split's shard files, one a line, in place of the version's directory")
      .addOption(new Option('--file-format <format>', 'with --split: which files').choices(['tfrecord', 'arrow']))
      .addHelpText(
        'after',
        examples(
          ['path product_a', 'directory of the newest version'],
          ['path product_a/men:1.*.*', 'newest of the first major version'],
          ['path mnist --split train --file-format arrow', 'the shards of a split'],
        ),
      )
      .action((reference: string, flags: PathFlags) => invoke((context) => path(context, reference, flags)));
  },
};

async function path(context: CommandContext, reference: string, flags: PathFlags): Promise<CommandResult> {
  const { findVersion, shardPaths } = await import('../../src/catalog/index.js');
  const version = await findVersion(reference, await context.config());
  if (flags.split === undefined) {
    const { location, name, config, version: number } = version;
    return { data: { path: location, name, config: config ?? null, version: number }, text: () => location };
  }
  const files = await shardPaths(version.location, flags.split, flags.fileFormat);
  return { data: { path: version.location, files }, text: () => files.join('\n') };
}
