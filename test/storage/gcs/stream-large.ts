/** Sends a large object and fetches it, in every way, and prints by how many MiB memory grew at most. */
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStorage } from '../../../src/storage/index.js';

const [url = '', folder = '', mebibytes = ''] = process.argv.slice(2);
const storage = openStorage(url);
const bytes = Number(mebibytes) * 2 ** 20;
const file = join(folder, 'large');

// What the client itself takes is not counted.
await storage.write('small', new Uint8Array(2 ** 20));
await storage.download('small', file);
const before = process.resourceUsage().maxRSS;

const handle = openSync(file, 'w');
ftruncateSync(handle, bytes);
closeSync(handle);
await storage.upload(file, 'uploaded');
await storage.download('uploaded', file);
rmSync(file);
const writer = await storage.create('streamed');
const chunk = new Uint8Array(2 ** 20);
for (let written = 0; written < bytes; written += chunk.length) await writer.write(chunk);
await writer.close();
const opened = await storage.open('streamed');
for (let offset = 0; offset < bytes; offset += 2 ** 22) await opened.read(offset, 2 ** 22);
await opened.close();

console.log(JSON.stringify({ mebibytes: Math.round((process.resourceUsage().maxRSS - before) / 1024) }));
