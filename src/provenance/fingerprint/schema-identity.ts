import type { Json } from '../../core/json/index.js';

/** What a schema says to people, and what it only checks: none of it changes what is stored. Fields are a list, so that none of these is the name of one. */
const documentation = new Set(['description', 'unit', 'caveats', 'range']);

/**
 * A schema as the manifest has it, without what is documentation: two that are the same here store and show the same data in the same way.
 *
 * Names of labels are part of it although the numbers that stand for them are what is stored.
 */
export function schemaIdentity(schema: Json): Json {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(schemaIdentity);
  const kept = Object.entries(schema).filter(([key]) => !documentation.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, schemaIdentity(value)]));
}
