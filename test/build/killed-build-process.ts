/**
 * Builds a data set of a project, and kills itself before the first change to the file system that names a path of a pattern; else it prints `published`. Arguments: the project's directory; reference; pattern; a
 * reason to accept what guards refused, if any.
 */
import { build } from '../../src/build/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { killBeforeChange } from '../kill-before-change.js';

const [directory = '', reference = '', pattern = '', accept] = process.argv.slice(2);
const flags = { datasets: ['datasets'], registry: 'registry', runner: 'inline' } as const;
const config = await loadConfig({ cwd: directory, env: {}, flags });
killBeforeChange(new RegExp(pattern));
await build(reference, { config, ...(accept !== undefined && { accept }) });
console.log('published');
