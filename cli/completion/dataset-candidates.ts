import type { DatasetEntry } from '../../src/catalog/index.js';
import type { ListedAlias } from '../../src/promotion/index.js';
import type { CommandContext } from '../frame/command-module.js';

/** What a data set's name may be completed to, with a word of explanation. */
export type Candidate = readonly [name: string, explanation: string];

/**
 * Data sets that a word may name: names first; configs once there is a slash, versions once there is a colon, aliases once there is an at sign.
 *
 * A project that is broken completes nothing; the command itself says what is wrong.
 */
export async function datasetCandidates(word: string, context: CommandContext): Promise<readonly Candidate[]> {
  if (word.includes('@')) {
    return (await aliasesOf(word, context)).map(({ dataset, alias, to }) => [`${dataset}@${alias}`, to ?? '']);
  }
  return ofSoundProject(async () => {
    const { listDatasets } = await import('../../src/catalog/index.js');
    const entries = await listDatasets(await context.config());
    return entries.flatMap((entry) => candidatesOf(entry, word));
  });
}

/** Aliases of the data set that the word before names. */
export async function aliasCandidates(dataset: string, context: CommandContext): Promise<readonly Candidate[]> {
  return (await aliasesOf(dataset, context)).map(({ alias, to }) => [alias, to ?? '']);
}

/** Versions alone, of the data set and config that the word before names. */
export function versionCandidates(reference: string, context: CommandContext): Promise<readonly Candidate[]> {
  return ofSoundProject(async () => {
    const [{ listDatasets }, { parseReference }] = await Promise.all([
      import('../../src/catalog/index.js'),
      import('../../src/core/names/index.js'),
    ]);
    const wanted = parseReference(reference);
    const entry = (await listDatasets(await context.config())).find(({ name }) => name === wanted.name);
    const versions = entry?.published.find(({ config }) => config === wanted.config)?.versions ?? [];
    return versions.map((version): Candidate => [version, 'published']);
  });
}

/** @param reference names the data set: `product_a`, `product_a:1.2.0`, `product_a@pr` */
function aliasesOf(reference: string, context: CommandContext): Promise<readonly ListedAlias[]> {
  return ofSoundProject(async () => {
    const { aliases } = await import('../../src/promotion/index.js');
    return aliases(/^[^/:@]*/.exec(reference)?.[0] ?? '', { config: await context.config() });
  });
}

async function ofSoundProject<T>(find: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const { DatasetsError } = await import('../../src/core/errors/index.js');
  try {
    return await find();
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
