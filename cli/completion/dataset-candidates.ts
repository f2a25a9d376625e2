import type { CommandContext } from '../frame/command-module.js';

/** What a data set's name may be completed to, with a word of explanation. */
export type Candidate = readonly [name: string, explanation: string];

/**
 * Data sets that a word may name: those that can be built here.
 *
 * A project that is broken completes nothing; the command itself says what is wrong.
 */
export async function datasetCandidates(_word: string, context: CommandContext): Promise<readonly Candidate[]> {
  const { DatasetsError } = await import('../../src/core/errors/index.js');
  try {
    const [{ builtInDatasets, discoverDatasets }, { datasetFolders }, config] = await Promise.all([
      import('../../src/builder/index.js'),
      import('../../src/core/config/index.js'),
      context.config(),
    ]);
    const datasets = await discoverDatasets([builtInDatasets, ...datasetFolders(config)]);
    return datasets.map(({ name }) => [name, 'data set']);
  } catch (error) {
    if (error instanceof DatasetsError) return [];
    throw error;
  }
}
