import type { FetchedDownloads } from '../../src/build/index.js';
import { formatReference } from '../../src/core/names/index.js';
import type { CommandResult } from '../frame/command-module.js';
import { formatBytes, renderTable, type TextOutput } from '../terminal/index.js';

/** What `--download-only` prints: each file with its digest, and where it lies. */
export function downloadsResult(fetched: readonly FetchedDownloads[], out: TextOutput): CommandResult {
  return { data: { downloads: fetched }, text: () => fetched.map((one) => downloadsText(one, out)).join('\n\n') };
}

function downloadsText({ dataset, config, version, files }: FetchedDownloads, out: TextOutput): string {
  const name = out.style.bold(formatReference({ name: dataset, config, version }));
  if (files.length === 0) return `${name} downloads nothing`;
  const rows = files.map(({ url, bytes, sha256, path }) => [url, formatBytes(bytes), sha256, path]);
  const columns = [
    { title: 'URL' },
    { title: 'size', align: 'right' },
    { title: 'sha256' },
    { title: 'path' },
  ] as const;
  return `${name}\n${renderTable(columns, rows, out.width, out.style)}`;
}
