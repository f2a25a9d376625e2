/** Takes in a directory, and kills itself before the change to the file system of a number. Arguments: directory; registry; number. Says how that ended. */
import { adoptDirectory } from '../../src/adopt/index.js';
import { killBeforeChange } from '../kill-before-change.js';

const [directory = '', registry = '', change = ''] = process.argv.slice(2);
killBeforeChange(Number(change));
const { status } = await adoptDirectory(directory, 'sessions:1.0.0', { registry });
console.log(status);
