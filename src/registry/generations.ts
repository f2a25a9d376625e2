import type { Storage } from '../storage/index.js';

/** Names have one width, so that they sort as their numbers do. */
const digits = 8;
const generationName = /^(\d{8})\.json$/;

/** One object of a row of numbered ones, each created once: the highest number counts. */
export interface Generation {
  readonly number: number;
  readonly content: Uint8Array;
}

/** @param number from 1 */
export function generationPath(path: string, number: number, extension = 'json'): string {
  return `${path}/${String(number).padStart(digits, '0')}.${extension}`;
}

/** The numbers that exist, ascending. */
export async function generationNumbers(storage: Storage, path: string): Promise<readonly number[]> {
  return numbersOf((await storage.list(path)).map(({ name }) => name));
}

function numbersOf(names: readonly string[]): readonly number[] {
  return names.flatMap((name) => {
    const number = generationName.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** The generation that counts, or undefined where there is none. */
export async function newestGeneration(storage: Storage, path: string): Promise<Generation | undefined> {
  for (;;) {
    const number = (await generationNumbers(storage, path)).at(-1);
    if (number === undefined) return undefined;
    const content = await storage.read(generationPath(path, number));
    if (content !== undefined) return { number, content };
    // It was swept between the two calls, so that there is a newer one.
  }
}

/**
 * Creates a generation of a row whose old ones are swept.
 *
 * Somebody who slept may find the number free because its generation is gone. The newest is never swept, so that looking again tells.
 *
 * @returns whether this call created it and it counts.
 */
export async function createNewest(storage: Storage, path: string, number: number, content: string): Promise<boolean> {
  if (!(await storage.createIfAbsent(generationPath(path, number), content))) return false;
  const names = (await storage.list(path)).map(({ name }) => name);
  if (numbersOf(names).at(-1) !== number) return false;
  const old = names.filter((name) => Number.parseInt(name, 10) < number);
  // What can't be swept now is swept by the next one; the generation counts all the same.
  await Promise.all(old.map((name) => storage.delete(`${path}/${name}`).catch(() => undefined)));
  return true;
}
