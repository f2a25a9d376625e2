import { countLines } from './count-lines.js';
import type { FileRange } from './file-range.js';

/** Prints the number of line feeds in a range of a file in a bucket; `linesBefore` made the argument. */
const range = JSON.parse(process.argv[2] ?? '') as FileRange;
process.stdout.write(String(await countLines(range, { baseDirectory: process.cwd() })));
