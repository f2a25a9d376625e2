import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatManifest } from '../../src/registry/index.js';

/** Flips bits of one byte of a file. */
export function flip(file: string, offset: number, bits = 1): void {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ bits;
  writeSync(descriptor, byte, 0, 1, offset);
  closeSync(descriptor);
}

export function cutOff(file: string, bytes: number): void {
  truncateSync(file, statSync(file).size - bytes);
}

/** Changes a version's manifest as somebody would who knows how it is sealed. */
export function editManifest(directory: string, edit: (manifest: Editable) => void): void {
  const file = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  edit(manifest);
  writeFileSync(file, formatManifest(manifest));
}

/** What tests change in a manifest. */
export interface Editable {
  splits: { name: string; examples: number; contentDigest: string; shards: { examples: number }[] }[];
  files: {
    path: string;
    format: string;
    bytes: number;
    sha256: string;
    crc32c: string;
    split?: string;
    shard?: number;
  }[];
  contentDigest: string;
}

/** Changes a JSON file. */
export function editJson(file: string, edit: (json: Record<string, never>) => void): void {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  edit(json);
  writeFileSync(file, JSON.stringify(json));
}
