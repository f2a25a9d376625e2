import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode, UserFunction } from '../../pipeline/index.js';
import { type Emit, isThenable, Lane } from './lane.js';
import type { Push } from './push.js';
import type { TaskContext } from './task-context.js';

/** What a step is made from. */
export interface StepParts {
  readonly node: GraphNode;
  /** Whether its elements arrive as pairs. */
  readonly keyedInput: boolean;
  readonly context: TaskContext;
  readonly next: Push;
}

/** map: the function gets the element, a pair if the input has keys. */
export function mapStep(parts: StepParts, fn: UserFunction): Push {
  const { node, context, next } = parts;
  const lane = Lane.ofStep(context, node, (result) => next(result, undefined));
  const call = parts.keyedInput ? (value: unknown, key: unknown) => fn([key, value]) : fn;
  return (value, key) => {
    let result: unknown;
    try {
      result = call(value, key);
    } catch (cause) {
      throw context.userError(node, cause, key);
    }
    if (lane.length > 0 || isThenable(result)) lane.add(result, value, key);
    else next(result, undefined);
  };
}

/** map with the resource of this worker as second argument. */
export function withResourceStep(parts: StepParts, fn: UserFunction, resource: unknown): Push {
  return mapStep(
    { ...parts, keyedInput: false },
    parts.keyedInput ? (value, key) => fn([key, value], resource) : (value) => fn(value, resource),
  );
}

export function filterStep(parts: StepParts, fn: UserFunction): Push {
  const { node, context, next } = parts;
  const lane = Lane.ofStep(context, node, (result, value, key) => {
    if (result) next(value, key);
  });
  const call = parts.keyedInput ? (value: unknown, key: unknown) => fn([key, value]) : fn;
  return (value, key) => {
    let result: unknown;
    try {
      result = call(value, key);
    } catch (cause) {
      throw context.userError(node, cause, key);
    }
    if (lane.length > 0 || isThenable(result)) lane.add(result, value, key);
    else if (result) next(value, key);
  };
}

export function mapValuesStep(parts: StepParts, fn: UserFunction): Push {
  const { node, context, next } = parts;
  const emit: Emit = (result, _value, key) => next(result, key);
  const lane = Lane.ofStep(context, node, emit);
  return (value, key) => {
    let result: unknown;
    try {
      result = fn(value, key);
    } catch (cause) {
      throw context.userError(node, cause, key);
    }
    if (lane.length > 0 || isThenable(result)) lane.add(result, value, key);
    else next(result, key);
  };
}

/** keyBy: an element that already is a pair becomes the value, pair and all. */
export function keyByStep(parts: StepParts, fn: UserFunction): Push {
  const { node, context, next } = parts;
  const emit = (value: unknown, oldKey: unknown) => {
    const element = parts.keyedInput ? [oldKey, value] : value;
    let key: unknown;
    try {
      key = fn(element);
    } catch (cause) {
      throw context.userError(node, cause, oldKey);
    }
    if (!isKey(key)) throw context.userError(node, invalidKey(key), oldKey);
    next(element, key);
  };
  return emit;
}

export function keysStep({ next }: StepParts): Push {
  return (_value, key) => next(key, undefined);
}

export function valuesStep({ next }: StepParts): Push {
  return (value) => next(value, undefined);
}

export function isKey(key: unknown): boolean {
  return (
    typeof key === 'string' ||
    typeof key === 'bigint' ||
    (typeof key === 'number' && !Number.isNaN(key)) ||
    key instanceof Uint8Array
  );
}

export function invalidKey(key: unknown): DatasetsError {
  const what = isThenable(key) ? 'a promise' : typeof key === 'object' && key !== null ? 'an object' : String(key);
  return new DatasetsError('KEY_INVALID', `its key is ${what}`, {
    hint: isThenable(key)
      ? 'Keys must be there at once: compute them in an asynchronous map before.'
      : 'A key is text, a number, a bigint or a Uint8Array.',
  });
}
