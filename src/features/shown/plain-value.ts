import type { Definition } from '../declare/definition.js';

/** Turns a decoded value into plain JSON-able parts: numbers, bigint, text, booleans, null, bytes, arrays, objects. */
export type PlainValue = (value: unknown) => unknown;

/**
 * How values of a feature are written as JSON, in the form that Hugging Face's and pandas' JSON readers expect: tensors as arrays in arrays, class labels as their index, images
 * and audio as their files' bytes, records as objects. Made once a schema, used for every example.
 */
export function plainValue(definition: Definition): PlainValue {
  switch (definition.kind) {
    case 'scalar':
    case 'text':
    case 'class-label':
    case 'translation':
    case 'translation-variable-languages':
      return same;
    case 'optional': {
      const inner = plainValue(definition.feature);
      return (value) => (value === null || value === undefined ? null : inner(value));
    }
    case 'masked':
    case 'pseudonymised':
      return plainValue(definition.stored);
    case 'dropped':
      return () => undefined;
    case 'tensor':
    case 'bounding-box':
      return nestedTensor;
    case 'audio':
      return definition.stored === 'file' ? encodedFile : nestedTensor;
    case 'image':
      return encodedFile;
    case 'video':
      return (value) => Array.from(value as Iterable<unknown>, encodedFile);
    case 'sequence':
    case 'dataset': {
      const inner = plainValue(definition.feature);
      return (value) => Array.from(value as Iterable<unknown>, (item) => inner(item));
    }
    case 'record':
      return plainRecord(definition.fields);
  }
}

function plainRecord(fields: Readonly<Record<string, Definition>>): PlainValue {
  const writers = Object.entries(fields).map(([name, field]) => [name, plainValue(field)] as const);
  return (value) => {
    const plain: Record<string, unknown> = {};
    for (const [name, write] of writers) plain[name] = write(Reflect.get(value as object, name));
    return plain;
  };
}

function same(value: unknown): unknown {
  return value;
}

/** `{ data, shape }` → arrays in arrays. */
function nestedTensor(value: unknown): unknown {
  const { data, shape } = value as { readonly data: ArrayLike<unknown>; readonly shape: readonly number[] };
  let offset = 0;
  const nest = (dimension: number): unknown => {
    const size = shape[dimension];
    if (size === undefined) return data[offset++];
    return Array.from({ length: size }, () => nest(dimension + 1));
  };
  return nest(0);
}

function encodedFile(value: unknown): unknown {
  return (value as { readonly encoded: Uint8Array }).encoded;
}
