import { posix } from 'node:path';
import type { FileReference } from '../../src/index.js';

/** The paths and patterns of a reference. */
export function fileNames(reference: FileReference): readonly string[] {
  if (typeof reference === 'string') return [reference.includes('://') ? reference : posix.normalize(reference)];
  if (reference instanceof URL) return [reference.href];
  if (!('kind' in reference)) return reference.flatMap(fileNames);
  return reference.kind === 'npm-file' ? [reference.path] : [reference.member ?? reference.fileName];
}
