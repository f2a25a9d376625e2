import { DatasetsError } from '../errors/index.js';
import type { Json } from './json.js';

/** The manifest of 60,000 shards in both formats; anything larger is no metadata of ours, and would cost ten times its size to parse. */
export const maxMetadataBytes = 64 << 20;
/** A schema has three levels of JSON for each level of its features; what goes deeper would overflow the stack of whoever walks it. */
const maxDepth = 256;

/**
 * Parses JSON that lies in a registry, where anybody may have written it: bounded in size and depth, valid UTF-8, and without a key
 * `__proto__`, which copying into an object would take for its prototype.
 *
 * @param file is named in errors.
 * @param maxBytes the largest document that is looked at. Readers stop there as well (`Storage.read`).
 * @throws DatasetsError MANIFEST_INVALID.
 * @example
 * ```ts
 * const owner = parseJson(bytes, `${storage.location}/${path}`);
 * ```
 */
export function parseJson(bytes: Uint8Array, file: string, maxBytes = maxMetadataBytes): Json {
  if (bytes.length > maxBytes) throw invalid(file, `it has ${bytes.length} bytes; at most ${maxBytes} are read`);
  const value = parse(bytes, file);
  checkShape(value, file);
  return value;
}

function parse(bytes: Uint8Array, file: string): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw invalid(file, 'it is no JSON', cause);
  }
}

/** Level by level, without recursion; `JSON.parse` itself takes any depth. */
function checkShape(value: Json, file: string): void {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw invalid(file, `it is nested deeper than ${maxDepth} levels`);
    const next: Json[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (Object.hasOwn(item, '__proto__')) throw invalid(file, 'it has a key __proto__');
      for (const inner of Object.values(item)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
}

function invalid(file: string, what: string, cause?: unknown): DatasetsError {
  return new DatasetsError('MANIFEST_INVALID', `${file} can't be read: ${what}`, {
    hint: 'The file was changed or written by something else. Restore it, or remove what it belongs to.',
    cause,
    at: { file },
  });
}
