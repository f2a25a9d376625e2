import type { FetchDownloadsOptions, FetchedDownloads } from '../../src/build/index.js';
import type { CommandContext } from '../frame/command-module.js';
import { progressDisplay } from '../progress/index.js';
import { showBuildEvent } from './run-builds.js';

/** Fetches what several data sets download, one after the other: each uses several connections. */
export async function runDownloads(
  references: readonly string[],
  options: Pick<FetchDownloadsOptions, 'config' | 'register' | 'snapshot'>,
  context: CommandContext,
): Promise<readonly FetchedDownloads[]> {
  const { fetchDownloads } = await import('../../src/build/index.js');
  const fetched: FetchedDownloads[] = [];
  for (const reference of references) {
    const display = progressDisplay(context);
    try {
      const onProgress = (event: Parameters<typeof showBuildEvent>[0]) => showBuildEvent(event, display);
      fetched.push(await fetchDownloads(reference, { ...options, signal: context.signal, onProgress }));
    } finally {
      display.close();
    }
  }
  return fetched;
}
