/** Publishes eight versions one after the other, or prunes until it is told to stop. Arguments: registry, `build` or `prune`, minor version. */
import { openRegistry, prune } from '../../../src/registry/index.js';
import { publishNumbers } from './numbers.js';

const [directory = '', role, minor] = process.argv.slice(2);
const registry = openRegistry(directory);

async function build(): Promise<void> {
  for (let patch = 0; patch < 8; patch++) await publishNumbers(registry, `1.${minor}.${patch}`);
}

async function pruneUntilStopped(): Promise<void> {
  let stopped = false;
  process.once('message', () => {
    stopped = true;
  });
  while (!stopped) {
    await prune(registry, { keepLast: 2, remove: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const outcome = await (role === 'build' ? build() : pruneUntilStopped()).then(
  () => 'done',
  (error: unknown) => String(error),
);
process.send?.(outcome, () => process.disconnect());
