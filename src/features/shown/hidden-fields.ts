import { createHash } from 'node:crypto';
import { stringifyJson } from '../../core/json/index.js';
import type { Definition } from '../declare/definition.js';

/** Says whether values of a kind of personal data are hidden where examples are shown. */
export type IsHidden = (pii: string) => boolean;

/** Whether a feature's values are hidden as a whole: it is personal data, or a list that holds some. Records are looked into instead. */
export function hidesValue(definition: Definition, isHidden: IsHidden): boolean {
  const { pii } = definition.documentation;
  if (definition.kind === 'masked' || definition.kind === 'pseudonymised') return false;
  if (pii !== undefined && isHidden(pii)) return true;
  switch (definition.kind) {
    case 'optional':
      return definition.feature.kind !== 'record' && hidesValue(definition.feature, isHidden);
    case 'sequence':
    case 'dataset':
      return holdsHidden(definition.feature, isHidden);
    default:
      return false;
  }
}

function holdsHidden(definition: Definition, isHidden: IsHidden): boolean {
  if (definition.kind !== 'record') return hidesValue(definition, isHidden);
  return (
    hidesValue(definition, isHidden) || Object.values(definition.fields).some((field) => holdsHidden(field, isHidden))
  );
}

/** What stands for a hidden value: the same for equal values, so that one sees which examples belong together, and nothing else. */
export function hashPrefix(value: unknown): string {
  return `sha256:${createHash('sha256').update(stringifyJson(value)).digest('hex').slice(0, 12)}…`;
}
