import type { DatasetEntry } from '../../src/catalog/index.js';
import type { CommandContext } from '../frame/command-module.js';

/** What a data set's name may be completed to, with a word of explanation. */
export type Candidate = readonly [name: string, explanation: string];

/**
 * Data sets that a word may name: names first; configs once there is a slash, versions once there is a colon.
 *
 * A project that is broken completes nothing; the command itself says what is wrong.
 */
export async function datasetCandidates(word: string, context: CommandContext): Promise<readonly Candidate[]> {
  const [{ DatasetsError }, { listDatasets }] = await Promise.all([
    import('../../src/core/errors/index.js'),
    import('../../src/catalog/index.js'),
  ]);
  try {
    const entries = await listDatasets(await context.config());
    return entries.flatMap((entry) => candidatesOf(entry, word));
  } catch (error) {
    if (error instanceof DatasetsError) return [];
    throw error;
  }
}

function candidatesOf({ name, published }: DatasetEntry, word: string): readonly Candidate[] {
  if (!/[:/]/.test(word)) return [[name, published.length > 0 ? 'published' : 'not published']];
  return published.flatMap(({ config, versions }): readonly Candidate[] => {
    const base = config === undefined ? name : `${name}/${config}`;
    return word.includes(':') ? versions.map((version) => [`${base}:${version}`, 'published']) : [[base, 'published']];
  });
}
