import { formatReference } from '../../src/core/names/index.js';
import type { PromoteOptions, Promotion } from '../../src/promotion/index.js';
import type { Yank } from '../../src/registry/index.js';
import { reasonFlag } from '../flags/reason.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { progressDisplay } from '../progress/index.js';
import { formatBytes, formatCount } from '../terminal/index.js';

interface PromoteFlags {
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
}

export const promoteCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .argument('<reference>', 'published version: product_a:1.2.0, product_a/men:1.2.0, product_a@candidate')
      .argument('[alias]', 'what is to stand for it: prod, candidate')
      .addOption(reasonFlag())
      .option(
        '--from <registry>',
        'copy it from this registry first (a directory, gs://bucket/path or a configured name)',
      )
      .option('--to <registry>', 'the registry to promote it in (default: the configured one)')
      .addHelpText(
        'after',
        examples(
          ["promote product_a:1.2.0 prod -m 'offline metrics are better'", 'product_a@prod stands for 1.2.0'],
          ['promote product_a@candidate prod', 'what was on trial is what all get'],
          ['promote product_a:1.2.0 prod --from dev --to prod', 'copy it, verified, and then move the alias there'],
        ),
      )
      .action((reference: string, alias: string | undefined, flags: PromoteFlags) =>
        invoke((context) => promote(context, reference, alias, flags)),
      );
  },
};

async function promote(
  context: CommandContext,
  reference: string,
  alias: string | undefined,
  flags: PromoteFlags,
): Promise<CommandResult> {
  const { promote: promoteVersion } = await import('../../src/promotion/index.js');
  const { yankText } = await import('../../src/registry/index.js');
  const config = await context.config();
  const display = progressDisplay(context, 'bytes');
  const started = performance.now();
  let stage: string | undefined;
  let total = 0;
  const following: Pick<PromoteOptions, 'onWaiting' | 'onStart' | 'onProgress'> = {
    onWaiting: ({ process }) =>
      display.note(`waiting for ${process.host}, pid ${process.pid}, which makes the same version`),
    onStart: ({ reference: exact, bytes, keptBytes }) => {
      stage = exact;
      total = bytes;
      display.onProgress({ type: 'stage-start', stage, tasks: 1, rows: bytes });
      display.onProgress({ type: 'rows', stage, rows: keptBytes });
    },
    onProgress: (bytes) => stage !== undefined && display.onProgress({ type: 'rows', stage, rows: bytes }),
  };
  try {
    const promotion = await promoteVersion(reference, {
      ...flags,
      alias,
      config,
      signal: context.signal,
      ...following,
    });
    const seconds = (performance.now() - started) / 1000;
    if (stage !== undefined) display.onProgress({ type: 'stage-end', stage, rows: total, seconds });
    return { data: dataOf(promotion), text: () => textOf(promotion, yankText) };
  } finally {
    display.close();
  }
}

function dataOf({ config, copy, alias, ...promotion }: Promotion): unknown {
  return {
    ...promotion,
    config: config ?? null,
    copy: copy ?? null,
    alias: alias === undefined ? null : { ...alias, from: alias.from ?? null },
  };
}

function textOf(
  { name, config, version, registry, copy, alias }: Promotion,
  yankText: (version: Pick<Promotion, 'name' | 'config' | 'version'>, yank: Yank) => string,
): string {
  const reference = formatReference({ name, config, version });
  const lines: string[] = [];
  if (copy?.status === 'exists') lines.push(`${reference} is in ${registry} already, with the same content.`);
  if (copy?.status === 'copied') {
    const { files, bytes } = copy.fetched;
    const amount = `${formatCount(files)} files, ${formatBytes(bytes)}`;
    lines.push(`${reference} was copied from ${copy.from} to ${registry}: ${amount}.`);
  }
  if (alias?.status === 'moved') {
    const before = alias.from === undefined ? 'it was not set before' : `it stood for ${alias.from}`;
    lines.push(`${name}@${alias.name} stands for ${reference}; ${before}.`);
  }
  if (alias?.status === 'unchanged') lines.push(`${name}@${alias.name} stood for ${reference} before.`);
  if (alias?.yank !== undefined) lines.push(`Meanwhile ${yankText({ name, config, version }, alias.yank)}.`);
  return lines.join('\n');
}
