/** Tries to create objects 0 .. n-1 when it is told to go, and reports those that it created itself. */
import { LocalStorage } from '../../src/storage/index.js';

const storage = new LocalStorage(process.argv[2] ?? '');
const count = Number(process.argv[3]);

process.once('message', async () => {
  const created: number[] = [];
  for (let key = 0; key < count; key++) {
    if (await storage.createIfAbsent(`keys/${key}`, String(process.pid))) created.push(key);
  }
  process.send?.(created, () => process.disconnect());
});
