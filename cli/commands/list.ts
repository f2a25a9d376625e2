import { relative } from 'node:path';
import type { DatasetEntry } from '../../src/catalog/index.js';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import { groupConfigs } from '../../src/core/snapshots/index.js';
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
    const published = publishedRows(entry.published);
    return published.map(([label, versions], index) => [
      index === 0 ? entry.name : '',
      label,
      versions,
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

/** A row for each config, and one for all snapshots of a config, with the versions that there are of any of them. */
function publishedRows(published: DatasetEntry['published']): readonly (readonly [label: string, versions: string])[] {
  if (published.length === 0) return [['', 'not published']];
  const byConfig = new Map(published.map((entry) => [entry.config, entry]));
  const groups = groupConfigs([...byConfig.keys()].filter((config) => config !== undefined));
  const rows = groups.map(
    ({ label, names }) => [label, versionsText(names.flatMap((name) => byConfig.get(name) ?? []))] as const,
  );
  const plain = byConfig.get(undefined);
  return plain === undefined ? rows : [['', versionsText([plain])], ...rows];
}

function versionsText(entries: DatasetEntry['published']): string {
  const [only, ...others] = entries;
  if (only !== undefined && others.length === 0) {
    return only.versions.map((version) => versionText(version, only.yanked ?? {})).join(', ');
  }
  const yanked = entries.reduce((sum, entry) => sum + Object.keys(entry.yanked ?? {}).length, 0);
  const versions = [...new Set(entries.flatMap((entry) => entry.versions))].join(', ');
  return yanked === 0 ? versions : `${versions} (${yanked} yanked)`;
}

function versionText(version: string, yanked: Readonly<Record<string, string>>): string {
  return Object.hasOwn(yanked, version) ? `${version} (yanked)` : version;
}

function builderText(entry: DatasetEntry, cwd: string): string {
  if (entry.directory === undefined) return 'registry only';
  if (entry.builtIn) return 'built in';
  const path = relative(cwd, entry.directory);
  return path.startsWith('..') ? entry.directory : path || '.';
}
