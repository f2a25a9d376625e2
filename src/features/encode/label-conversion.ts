import { nearest } from '../../core/errors/index.js';
import type { ClassLabelDefinition } from '../declare/definition.js';
import type { Convert } from './convert-encoder.js';
import type { FieldSite } from './field-site.js';

/** Names and indexes to indexes; -1 is "no label" (class_label_feature.py `encode_example`). */
export function labelConversion({ count, names }: ClassLabelDefinition, site: FieldSite): Convert {
  const indexes = new Map(names?.map((name, index) => [name, index]));
  const expected = names === undefined ? `a class from 0 to ${count - 1}` : `a class (a name, or 0 to ${count - 1})`;
  return (value, index) => {
    if (typeof value === 'number' && value >= -1 && value < count && Math.floor(value) === value) return value;
    if (typeof value === 'string') {
      const known = indexes.get(value);
      if (known !== undefined) return known;
      return site.reject(value, expected, { index, hint: nameHint(value, names, site.isPrivate) });
    }
    return site.reject(value, expected, { index, hint: '-1 stands for "no label".' });
  };
}

function nameHint(value: string, names: readonly string[] | undefined, isPrivate: boolean): string {
  if (names === undefined) return 'The classes have no names: give the index, or declare names.';
  const meant = isPrivate ? undefined : nearest(value, names);
  const some = names.slice(0, 12).join(', ');
  const all = names.length > 12 ? `${some}, and ${names.length - 12} more` : some;
  return meant === undefined ? `The names are: ${all}.` : `Did you mean '${meant}'? The names are: ${all}.`;
}
