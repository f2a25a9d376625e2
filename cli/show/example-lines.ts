import { type Definition, hashPrefix, hidesValue, type IsHidden } from '../../src/features/index.js';
import { valueText } from './value-text.js';

/** One field of an example, as it is shown. */
export interface ExampleLine {
  /** Path of the field: `user/id`. */
  readonly path: string;
  readonly text: string;
  /** Whether the text stands for a value that is not shown. */
  readonly hidden: boolean;
  /** The decoded image, where the field is one. */
  readonly image: unknown;
}

/** The fields of an example in the order of the schema; hidden values are shown as a prefix of their hash. */
export function exampleLines(schema: Definition, example: unknown, isHidden: IsHidden): readonly ExampleLine[] {
  return schema.kind === 'record' ? recordLines(schema.fields, example, '', isHidden) : [];
}

function recordLines(
  fields: Readonly<Record<string, Definition>>,
  example: unknown,
  prefix: string,
  isHidden: IsHidden,
): readonly ExampleLine[] {
  return Object.entries(fields).flatMap(([name, definition]): readonly ExampleLine[] => {
    const value: unknown = typeof example === 'object' && example !== null ? Reflect.get(example, name) : undefined;
    const path = prefix + name;
    if (definition.kind === 'dropped') return [];
    if (hidesValue(definition, isHidden)) return [{ path, text: hashPrefix(value), hidden: true, image: undefined }];
    const inner = definition.kind === 'optional' ? definition.feature : definition;
    if (inner.kind === 'record' && value !== null && value !== undefined) {
      return recordLines(inner.fields, value, `${path}/`, isHidden);
    }
    return [
      { path, text: valueText(definition, value), hidden: false, image: inner.kind === 'image' ? value : undefined },
    ];
  });
}
