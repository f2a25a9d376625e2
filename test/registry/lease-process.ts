/** Takes a lease, says so, and holds it until it is killed. Arguments: directory, path. */
import { acquireLease } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';

const [directory = '', path = ''] = process.argv.slice(2);
await acquireLease(new LocalStorage(directory), path, { about: async () => ({}) });
setInterval(() => undefined, 60_000);
process.send?.('held');
