import { relative } from 'node:path';
import type { DatasetEntry } from '../../src/catalog/index.js';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import type { CommandContext, CommandModule, CommandResult } from '../frame/command-module.js';
import { examples } from '../frame/examples.js';
import { originText, registryText } from '../frame/origin-text.js';
import { renderTable } from '../terminal/index.js';

export const listCommand: CommandModule = {
  define: (command, invoke) => {
    command
      .addHelpText(
        'after',
        examples(['list', 'data sets of this project and of the registry'], ['list --json', 'the same for a script']),
      )
      .action(() => invoke(list));
  },
};

async function list(context: CommandContext): Promise<CommandResult> {
  const { listDatasets } = await import('../../src/catalog/index.js');
  const config = await context.config();
  const entries = await listDatasets(config);
  return {
    data: {
      registry: config.registry,
      registryName: config.registryName,
      registryFrom: config.origins.registry,
      datasets: entries,
    },
    text: () => render(entries, config, context),
  };
}

function render(entries: readonly DatasetEntry[], config: ResolvedConfig, { cwd, terminal }: CommandContext): string {
  const { out } = terminal;
  const from = out.style.dim(`(${originText(config.origins.registry)})`);
  const registry = `${out.style.dim('registry:')} ${registryText(config)} ${from}`;
  if (entries.length === 0) return `No data sets: neither a builder here nor a version in the registry.\n\n${registry}`;
  const rows = entries.flatMap((entry) => {
    const published = entry.published.length > 0 ? entry.published : nothingPublished;
    return published.map(({ config, versions, yanked = {} }, index) => [
      index === 0 ? entry.name : '',
      config ?? '',
      versions.map((version) => versionText(version, yanked)).join(', ') || 'not published',
      index === 0 ? builderText(entry, cwd) : '',
    ]);
  });
  const table = renderTable(
    [
      { title: 'data set', dress: out.style.bold },
      { title: 'config' },
      { title: 'published versions', dress: (text) => (text === 'not published' ? out.style.dim(text) : text) },
      { title: 'builder', dress: out.style.dim },
    ],
    rows,
    out.width,
    out.style,
  );
  return `${table}\n\n${registry}`;
}

const nothingPublished: DatasetEntry['published'] = [{ config: undefined, versions: [] }];

function versionText(version: string, yanked: Readonly<Record<string, string>>): string {
  return Object.hasOwn(yanked, version) ? `${version} (yanked)` : version;
}

function builderText(entry: DatasetEntry, cwd: string): string {
  if (entry.directory === undefined) return 'registry only';
  if (entry.builtIn) return 'built in';
  const path = relative(cwd, entry.directory);
  return path.startsWith('..') ? entry.directory : path || '.';
}
