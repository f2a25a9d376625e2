import { DatasetsError } from '../core/errors/index.js';
import { hasLoneSurrogate } from './object-shapes.js';
import { typedArrayTag } from './typed-array-tag.js';
import { maxDepth } from './value.js';

/** The error for something that is no value. The path is found only now, so that encoding needn't keep track of it. */
export function unsupportedValue(root: unknown): DatasetsError {
  const found = findUnsupported(root, '', 0);
  const where = found?.path ? `at ${found.path}: ` : '';
  const what = found?.what ?? 'something that changed while it was encoded';
  return new DatasetsError('VALUE_UNSUPPORTED', `${where}${what} is not a value that can pass between stages`, {
    hint:
      found?.hint ??
      'Use null, booleans, numbers, bigints, strings, Uint8Array and other typed arrays, Date, arrays and plain objects of these.',
    at: found?.path ? { field: found.path } : {},
  });
}

interface Finding {
  readonly path: string;
  readonly what: string;
  readonly hint?: string;
}

function findUnsupported(value: unknown, path: string, depth: number): Finding | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
      return undefined;
    case 'string':
      if (!hasLoneSurrogate(value)) return undefined;
      return {
        path,
        what: `${preview(value)}, which has a lone surrogate,`,
        hint: 'It has no UTF-8 form. Use text.toWellFormed() (Node 20), or keep the bytes as a Uint8Array.',
      };
    case 'undefined':
      return { path, what: 'undefined', hint: 'Use null for a value that is missing, or leave the property out.' };
    case 'function':
      return { path, what: `function ${value.name || '(anonymous)'}` };
    case 'symbol':
      return { path, what: String(value) };
    case 'object':
      return value === null ? undefined : findInObject(value, path, depth);
  }
}

function findInObject(value: object, path: string, depth: number): Finding | undefined {
  if (depth > maxDepth) {
    return {
      path: `${path.slice(0, 60)}…`,
      what: `an object nested more than ${maxDepth} deep (does it contain itself?)`,
    };
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = findUnsupported(value[i], `${path}[${i}]`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? { path, what: 'an invalid Date' } : undefined;
  }
  if (ArrayBuffer.isView(value) && typedArrayTag(value) !== undefined) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return instanceFinding(value, path);
  for (const [key, property] of Object.entries(value)) {
    const inner = path === '' ? key : `${path}.${key}`;
    if (hasLoneSurrogate(key))
      return { path: inner, what: `the property name ${preview(key)}, which has a lone surrogate,` };
    const found = property === undefined ? undefined : findUnsupported(property, inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function instanceFinding(value: object, path: string): Finding {
  const name = value.constructor?.name || 'an unnamed class';
  if (value instanceof Map)
    return { path, what: 'a Map', hint: 'Use Object.fromEntries(map), or an array of pairs: [...map].' };
  if (value instanceof Set) return { path, what: 'a Set', hint: 'Use an array: [...set].' };
  if (value instanceof Promise) return { path, what: 'a Promise', hint: 'Await it inside the function.' };
  if (Symbol.iterator in value)
    return { path, what: `an instance of ${name}`, hint: 'Collect it in an array: [...iterable].' };
  return { path, what: `an instance of ${name}`, hint: 'Copy what is needed into a plain object.' };
}

function preview(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
