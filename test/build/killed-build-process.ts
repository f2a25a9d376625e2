/**
 * Builds a data set of a project, and kills itself before the first change to the file system that names a path of a pattern; else it prints `published`. Arguments: the project's directory; reference; pattern.
 */
import { build } from '../../src/build/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { killBeforeChange } from '../kill-before-change.js';

const [directory = '', reference = '', pattern = ''] = process.argv.slice(2);
const flags = { datasets: ['datasets'], registry: 'registry', runner: 'inline' } as const;
const config = await loadConfig({ cwd: directory, env: {}, flags });
killBeforeChange(new RegExp(pattern));
await build(reference, { config });
console.log('published');
