import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { isUntouched, isWrittenBy } from './sealed-text.js';

/** A file to write. */
export interface FileText {
  /** Relative to the folder that is emitted to. */
  readonly name: string;
  readonly text: string;
}

export interface EmittedText extends FileText {
  /** Absolute. */
  readonly path: string;
  /** `edited`: by hand, since it was emitted. `surplus`: emitted once, and not needed any more; its text is empty. */
  readonly state: 'missing' | 'same' | 'older' | 'edited' | 'surplus';
}

/**
 * Compares files with what lies in a folder.
 *
 * @param directory absolute
 * @param command how the commands begin that write such files: others of theirs in the folder are surplus
 */
export async function compareFiles(
  directory: string,
  files: readonly FileText[],
  command: string,
): Promise<readonly EmittedText[]> {
  const compared = await Promise.all(
    files.map(async (file): Promise<EmittedText> => {
      const path = join(directory, file.name);
      const before = await readText(path);
      return { ...file, path, state: stateOf(before, file.text) };
    }),
  );
  return [...compared, ...(await surplusFiles(directory, new Set(files.map(({ name }) => name)), command))];
}

/**
 * Writes files that are missing or older, and removes those that are surplus.
 *
 * @throws DatasetsError USAGE naming what was edited by hand, unless that is to be written over; nothing is written then.
 */
export async function writeFiles(files: readonly EmittedText[], force: boolean): Promise<void> {
  const edited = files.filter(({ state }) => state === 'edited').map(({ path }) => path);
  if (edited.length > 0 && !force) {
    throw new DatasetsError(
      'USAGE',
      `${edited.join(', ')} ${edited.length === 1 ? 'was' : 'were'} edited by hand, or written by something else`,
      {
        hint: 'Look at what was changed; --force writes over it, --out DIR writes elsewhere.',
        at: { file: edited[0] ?? '' },
      },
    );
  }
  for (const { path, text, state } of files) {
    if (state === 'same') continue;
    if (state === 'surplus') await rm(path);
    else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
}

function stateOf(before: string | undefined, text: string): EmittedText['state'] {
  if (before === undefined) return 'missing';
  if (before === text) return 'same';
  return isUntouched(before) ? 'older' : 'edited';
}

async function surplusFiles(
  directory: string,
  names: ReadonlySet<string>,
  command: string,
): Promise<readonly EmittedText[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(absent);
  const surplus: EmittedText[] = [];
  for (const entry of entries ?? []) {
    const path = join(directory, entry.name);
    if (!entry.isFile() || names.has(entry.name)) continue;
    const text = await readText(path);
    // What was edited by hand has an owner now.
    if (text === undefined || !isUntouched(text) || !isWrittenBy(text, command)) continue;
    surplus.push({ name: basename(path), path, text: '', state: 'surplus' });
  }
  return surplus.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(absent);
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
