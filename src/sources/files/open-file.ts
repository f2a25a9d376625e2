import { closeSync, fstatSync, openSync } from 'node:fs';
import { DatasetsError } from '../../core/errors/index.js';
import { malformedFile } from '../malformed.js';

/**
 * Opens a file for reading and checks that it is still the one that was split.
 *
 * @returns a descriptor, which the caller closes
 */
export function openUnchanged(path: string, name: string, expectedBytes: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw unreadable(name, error);
  }
  const { size } = fstatSync(descriptor);
  if (size === expectedBytes) return descriptor;
  closeSync(descriptor);
  throw changed(name, expectedBytes, size);
}

export function unreadable(name: string, cause: unknown): DatasetsError {
  return new DatasetsError('SOURCE_NOT_FOUND', `${name} cannot be read`, {
    hint: 'Check that it is still there and may be read.',
    cause,
    at: { file: name },
  });
}

export function changed(name: string, before: number, now: number): DatasetsError {
  return malformedFile(name, `was changed during the build: it had ${before} bytes, now it has ${now}`, {
    hint: 'Build again when nothing writes to the file.',
  });
}
