import { Argument } from 'commander';
import type { CacheSummary, ClearedCache } from '../../src/cache/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { formatBytes, formatCount, renderTable, type TextOutput } from '../terminal/index.js';

export const cacheCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addArgument(new Argument('[action]', 'clear: remove what no process is reading').choices(['clear']))
      .addHelpText(
        'after',
        examples(
          ['cache', 'where it lies, how large it is and may be, and what it holds'],
          ['cache clear', 'remove all copies; what is needed again is fetched again'],
        ),
      )
      .action((action: 'clear' | undefined) => invoke(action === 'clear' ? clear : show));
  },
};

async function show(context: CommandContext): Promise<CommandResult> {
  const { inspectCache } = await import('../../src/cache/index.js');
  const summary = await inspectCache(await context.config());
  return { data: summary, text: () => render(summary, context.terminal.out) };
}

async function clear(context: CommandContext): Promise<CommandResult> {
  const { clearCache } = await import('../../src/cache/index.js');
  const cleared = await clearCache(await context.config());
  return { data: cleared, text: () => renderCleared(cleared) };
}

function render({ directory, bytes, limitBytes, versions }: CacheSummary, out: TextOutput): string {
  const size = `${directory}: ${formatBytes(bytes)} of ${formatBytes(limitBytes)}`;
  if (versions.length === 0) return size;
  const table = renderTable(
    [
      { title: 'version', dress: out.style.bold },
      { title: 'files', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'last used' },
      { title: 'registry', dress: out.style.dim },
    ],
    versions.map((version) => [
      version.reference,
      formatCount(version.files),
      formatBytes(version.bytes),
      version.lastUsed.toISOString().slice(0, 16).replace('T', ' '),
      version.registry ?? 'unknown',
    ]),
    out.width,
    out.style,
  );
  return `${size}\n\n${table}`;
}

function renderCleared({ removed, kept }: ClearedCache): string {
  const rest = kept.files === 0 ? '' : `; ${formatCount(kept.files)} files, ${formatBytes(kept.bytes)}, are in use`;
  return `Removed ${formatCount(removed.files)} files, ${formatBytes(removed.bytes)}${rest}.`;
}
