/** Asks the cache for a file of a version in a directory that counts as remote, says where it is, and holds it. Arguments: registry, cache, path. */
import { locateVersion } from '../../src/cache/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { RemoteDirectory } from './remote-directory.js';

const [registry = '', cacheDirectory = '', path = ''] = process.argv.slice(2);
const { files } = await locateVersion(openRegistry(new RemoteDirectory(registry)), parseReference('sample:1.0.0'), {
  cacheDirectory,
  cacheBytes: 1 << 30,
});
process.stdout.write(`${await files.file(path)}\n`);
setInterval(() => undefined, 1000);
