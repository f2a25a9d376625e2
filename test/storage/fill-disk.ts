/** Fills the small disk that it is given through every way of writing, and prints the codes. */
import { readdirSync } from 'node:fs';
import { DatasetsError } from '../../src/core/errors/index.js';
import { LocalStorage } from '../../src/storage/index.js';

const directory = process.argv[2] ?? '';
const storage = new LocalStorage(directory);
const tooMuch = new Uint8Array(1 << 20);

async function codeOf(writing: Promise<unknown>): Promise<string> {
  try {
    await writing;
    return 'written';
  } catch (error) {
    if (!(error instanceof DatasetsError)) return String(error);
    return error.code === 'STORAGE_FAILED' ? `${error.code}: ${error.hint}` : error.code;
  }
}

const codes = [
  await codeOf(storage.createIfAbsent('a', tooMuch)),
  await codeOf(storage.write('b', tooMuch)),
  await codeOf(storage.createIfAbsent('small', 'fits')),
];
console.log(JSON.stringify({ codes, left: readdirSync(directory) }));
