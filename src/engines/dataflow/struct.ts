import type { Json } from '../../core/json/index.js';

/** A value of `google.protobuf.Struct` as Google's clients take it, which write out the choice that JSON leaves open. */
export type StructValue =
  | { readonly nullValue: 'NULL_VALUE' }
  | { readonly boolValue: boolean }
  | { readonly numberValue: number }
  | { readonly stringValue: string }
  | { readonly listValue: { readonly values: readonly StructValue[] } }
  | { readonly structValue: Struct };

export interface Struct {
  readonly fields: Readonly<Record<string, StructValue>>;
}

/** JSON as a `google.protobuf.Struct`. */
export function toStruct(json: { readonly [key: string]: Json }): Struct {
  return { fields: Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)])) };
}

function toValue(json: Json): StructValue {
  if (json === null) return { nullValue: 'NULL_VALUE' };
  if (typeof json === 'boolean') return { boolValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'string') return { stringValue: json };
  if (isList(json)) return { listValue: { values: json.map(toValue) } };
  return { structValue: toStruct(json) };
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** The texts of a struct that a client gave, at a path of nested structs. */
export function textsOf(struct: unknown, path: readonly string[]): Readonly<Record<string, string>> {
  const inner = path.reduce<unknown>((outer, key) => property(field(outer, key), 'structValue'), struct);
  const fields = property(inner, 'fields');
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      const text = property(value, 'stringValue');
      return typeof text === 'string' ? [[key, text]] : [];
    }),
  );
}

function field(struct: unknown, key: string): unknown {
  return property(property(struct, 'fields'), key);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
