import type { Download } from './download-request.js';
import type { DownloadSettings } from './download-settings.js';
import type { DownloadRecord } from './downloaded-files.js';

/**
 * What fetches for one build, or for one call of `--download-only`. HTTP, leases and archives are loaded with the first request: few builders have one, and
 * workers never do.
 *
 * @example
 * ```ts
 * const fetch = openDownloads({ dataset: 'reviews', directory, checksumsFile, mode: 'verify', signal, ...limits });
 * ```
 */
export function openDownloads(
  settings: DownloadSettings,
): (downloads: readonly Download[]) => Promise<readonly DownloadRecord[]> {
  const manager = async () => {
    const { DownloadManager } = await import('./download-manager.js');
    return new DownloadManager(settings);
  };
  let opened: ReturnType<typeof manager> | undefined;
  return async (downloads) => {
    opened ??= manager();
    return (await opened).download(downloads);
  };
}
