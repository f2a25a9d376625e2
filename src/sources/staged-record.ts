import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { storageError } from '../storage/index.js';

/** What an earlier attempt at a build took note of; undefined for nothing, and for what a power cut left. */
export function readStagedRecord<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  const read = schema.safeParse(parsed(readFileSync(path, 'utf8')));
  return read.success ? read.data : undefined;
}

/** Takes note, in one step: the record appears whole. Makes its directory. @throws DatasetsError STORAGE_FULL, STORAGE_FAILED */
export function writeStagedRecord(path: string, record: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.partial`, JSON.stringify(record));
    renameSync(`${path}.partial`, path);
  } catch (error) {
    throw storageError(error, 'write', path);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
