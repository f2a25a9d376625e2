import type { StoredObject } from '../storage.js';
import { RequestFailure } from './request-failure.js';

/** What Google says of an object (https://cloud.google.com/storage/docs/json_api/v1/objects#resource), as far as it is used here. */
export interface ObjectResource {
  /** With the prefix of the storage. */
  readonly name: string;
  readonly bytes: number;
  readonly modified: Date;
  readonly crc32c: string;
  readonly generation: string;
  /** Who created it: see `createIfAbsent`. */
  readonly creation: string | undefined;
}

/** The entry of an object's own metadata that names the call which created it. */
export const creationEntry = 'ailab-creation';

/** @throws RequestFailure where the reply is none, as from a broken proxy: worth another attempt. */
export function parseResource(reply: unknown): ObjectResource {
  const { name, size, updated, crc32c, generation, metadata } = fields(reply);
  const creation = fields(metadata)[creationEntry];
  if (
    typeof name !== 'string' ||
    (typeof size !== 'string' && typeof size !== 'number') ||
    typeof updated !== 'string' ||
    typeof crc32c !== 'string' ||
    (typeof generation !== 'string' && typeof generation !== 'number')
  ) {
    throw new RequestFailure('the reply does not describe an object', { reason: 'unreadable' });
  }
  return {
    name,
    bytes: Number(size),
    modified: new Date(updated),
    crc32c,
    generation: String(generation),
    creation: typeof creation === 'string' ? creation : undefined,
  };
}

export interface Page {
  readonly objects: readonly ObjectResource[];
  readonly prefixes: readonly string[];
  readonly nextPage: string | undefined;
}

export function parsePage(reply: unknown): Page {
  const { items = [], prefixes = [], nextPageToken } = fields(reply);
  if (typeof reply !== 'object' || !Array.isArray(items) || !Array.isArray(prefixes)) {
    throw new RequestFailure('the reply does not list objects', { reason: 'unreadable' });
  }
  return {
    objects: items.map(parseResource),
    prefixes: prefixes.map(String),
    nextPage: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : undefined,
  };
}

export function storedObject({ bytes, modified, crc32c }: ObjectResource, path: string): StoredObject {
  return { path, bytes, modified, crc32c };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
