import { load } from '../../src/build/index.js';
import { fetchVersion, locateVersion } from '../../src/cache/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { RemoteDirectory } from '../../test/cache/remote-directory.js';

/**
 * `node load-cached.js fill <registry> <cache>` copies a version of mnist into the cache as if it came from a bucket;
 * `node load-cached.js load <registry> <cache>` times `load` to its first example from there. No server is needed: nothing is asked of the bucket.
 */
const url = 'gs://bench/registry';
const reference = 'mnist:3.0.1';
const [mode, directory = '', cacheDirectory = ''] = process.argv.slice(2);
const config = { ...(await loadConfig({ env: {} })), registry: url, cacheDirectory };

if (mode === 'fill') {
  const registry = openRegistry(new RemoteDirectory(directory, url));
  await fetchVersion(await locateVersion(registry, parseReference(reference), config));
} else {
  const started = performance.now();
  const usage = process.cpuUsage();
  const dataset = await load(reference, { config, split: 'train', build: 'never' });
  for await (const example of dataset) {
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(usage);
    console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, label: example.label }));
    break;
  }
}
process.exit();
