import type { Definition } from '../declare/definition.js';
import { hashPrefix, hidesValue, type IsHidden } from './hidden-fields.js';
import { plainValue } from './plain-value.js';

/** An example as JSON shows it: plain values, hidden ones as a prefix of their hash. */
export function shownExample(definition: Definition, value: unknown, isHidden: IsHidden): unknown {
  if (hidesValue(definition, isHidden)) return hashPrefix(value);
  const inner = definition.kind === 'optional' ? definition.feature : definition;
  if (inner.kind !== 'record' || value === null || value === undefined) return plainValue(definition)(value);
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(inner.fields)) {
    if (field.kind !== 'dropped') shown[name] = shownExample(field, Reflect.get(value, name), isHidden);
  }
  return shown;
}
