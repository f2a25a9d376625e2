import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildEvent, build } from '../../../src/build/index.js';
import { loadConfig } from '../../../src/core/config/index.js';

/**
 * The process that is killed: builds a data set of the campaign, and says with each event how far it is. Written synchronously, so that what was said before a
 * kill is heard.
 */
const [dataset = '', registry = '', workers = '1'] = process.argv.slice(2);

const config = await loadConfig({
  cwd: registry,
  env: {},
  flags: {
    datasets: [fileURLToPath(new URL('./datasets', import.meta.url))],
    registry,
    workers: Number(workers),
    bufferBytes: 1 << 20,
  },
});
const result = await build(dataset, {
  config,
  numShards: 6,
  onProgress: (event) => {
    if (event.type !== 'rows' && event.type !== 'build-end') say(event);
  },
});
// Also where the version was published before, which ends no build.
say({ type: 'build-end', result });

function say(event: BuildEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}
