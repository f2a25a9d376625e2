import { createHash } from 'node:crypto';
import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition } from '../declare/definition.js';

/**
 * An example as it may be shown in an error, a diff or a log: each value marked `pii` is replaced by the beginning of its hash, by which two of
 * them can be told apart.
 *
 * @example
 * ```ts
 * hidePrivate(features({ id: text({ pii: 'user_id' }) }), { id: 'ann' }); // { id: '(private, sha256 4ec5...)' }
 * ```
 */
export function hidePrivate(schema: AnyFeature, example: unknown): unknown {
  return hide(definitionOf(schema), example);
}

function hide(definition: Definition, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (definition.documentation.pii !== undefined) return hashPrefix(value);
  switch (definition.kind) {
    case 'record':
      return Object.fromEntries(
        Object.entries(definition.fields)
          .filter(([name]) => Object.hasOwn(value, name))
          .map(([name, field]) => [name, hide(field, (value as Record<string, unknown>)[name])]),
      );
    case 'sequence':
    case 'dataset':
      return holdsPrivate(definition.feature)
        ? Array.from(value as Iterable<unknown>, (item) => hide(definition.feature, item))
        : value;
    case 'optional':
      return hide(definition.feature, value);
    default:
      return value;
  }
}

function holdsPrivate(definition: Definition): boolean {
  if (definition.documentation.pii !== undefined) return true;
  if (definition.kind === 'record') return Object.values(definition.fields).some(holdsPrivate);
  return 'feature' in definition && holdsPrivate(definition.feature);
}

function hashPrefix(value: unknown): string {
  const hash = createHash('sha256');
  if (value instanceof Uint8Array) hash.update(value);
  else hash.update(typeof value === 'object' ? JSON.stringify(value, replaceBigints) : String(value));
  return `(private, sha256 ${hash.digest('hex').slice(0, 8)}...)`;
}

function replaceBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
