import { dtypeOf, type ElementType } from '../declare/element-types.js';
import { typedArrays } from './append-numbers.js';
import type { FieldSite } from './field-site.js';

type Dimension = number | null;

/**
 * Reads what an author may write for a tensor: a typed array, a flat array, arrays in arrays, or `{ data, shape }`.
 *
 * After `read`, `values` are flat and `shape` is the shape that they have. One reader serves many tensors; it allocates nothing for flat input of a
 * known shape.
 */
export class TensorInputReader {
  values: ArrayLike<unknown> = [];
  shape: readonly number[];
  readonly #declared: readonly Dimension[];
  readonly #unknown: number;
  /** The product of the known dimensions. */
  readonly #known: number;
  readonly #typedArray: (typeof typedArrays)[keyof typeof typedArrays] | undefined;
  readonly #expected: string;
  readonly #site: FieldSite;

  constructor(dtype: ElementType, shape: readonly Dimension[], site: FieldSite) {
    const stored = dtypeOf(dtype);
    this.#declared = shape;
    this.#unknown = shape.filter((dimension) => dimension === null).length;
    this.#known = shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
    this.#typedArray = stored === 'string' ? undefined : typedArrays[stored];
    this.#expected = `${dtype} values of shape [${shape.map((dimension) => dimension ?? 'any').join(', ')}]`;
    this.#site = site;
    this.shape = shape.map((dimension) => dimension ?? 0);
  }

  /** @param index which element of the sequences around the tensor `value` is */
  read(value: unknown, index: number): void {
    if (Array.isArray(value) ? !Array.isArray(value[0]) : ArrayBuffer.isView(value)) {
      this.#readFlat(value as ArrayLike<unknown>, index);
    } else if (Array.isArray(value)) {
      this.#readNested(value, index);
    } else if (this.#declared.length === 0 && typeof value !== 'object') {
      this.values = [value];
    } else {
      this.#readShaped(value, index);
    }
  }

  #readFlat(values: ArrayLike<unknown>, index: number): void {
    this.#checkArray(values, index);
    this.values = values;
    const { length } = values;
    if (this.#unknown === 0) {
      if (length !== this.#known) this.#reject(values, index, `there are ${length} values, not ${this.#known}`);
      return;
    }
    if (this.#unknown > 1) {
      // An empty array has no value that a shape would put in its place.
      if (length > 0)
        this.#reject(values, index, 'its shape is not known', 'Give { data, shape }, or arrays in arrays.');
      this.#setShape(this.#declared.map((dimension) => dimension ?? 0));
      return;
    }
    const size = this.#known === 0 ? 0 : length / this.#known;
    if (this.#known * size !== length || !Number.isInteger(size)) {
      this.#reject(values, index, `${length} values are no multiple of ${this.#known}`);
    }
    this.#setShape(this.#declared.map((dimension) => dimension ?? size));
  }

  #readNested(value: readonly unknown[], index: number): void {
    const shape: number[] = [];
    for (let part: unknown = value; Array.isArray(part); part = part[0]) shape.push(part.length);
    const flat: unknown[] = [];
    if (!flatten(value, shape, 0, flat)) this.#reject(value, index, 'its rows are not all of one length');
    this.#checkShape(value, shape, index);
    this.values = flat;
  }

  #readShaped(value: unknown, index: number): void {
    const { data, shape } = (value ?? {}) as { data?: unknown; shape?: unknown };
    if (!isArrayLike(data) || !isShape(shape)) this.#reject(value, index);
    this.#checkArray(data, index);
    this.#checkShape(value, shape, index);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (size !== data.length) {
      this.#reject(value, index, `its shape [${shape.join(', ')}] means ${size} values, there are ${data.length}`);
    }
    this.values = data;
  }

  #checkShape(value: unknown, shape: readonly number[], index: number): void {
    const fits =
      shape.length === this.#declared.length &&
      this.#declared.every((dimension, axis) => dimension === null || dimension === shape[axis]);
    if (!fits) this.#reject(value, index, `its shape is [${shape.join(', ')}]`);
    this.#setShape(shape);
  }

  #setShape(shape: readonly number[]): void {
    if (this.#unknown > 0) this.shape = shape;
  }

  /** A typed array of another type would be reinterpreted or rounded without a word, so it is refused, as by tfds. */
  #checkArray(values: ArrayLike<unknown>, index: number): void {
    if (Array.isArray(values)) return;
    if (this.#typedArray !== undefined && values instanceof this.#typedArray) return;
    const name = this.#typedArray?.name ?? 'plain array';
    this.#reject(values, index, undefined, `Give a ${name}, or convert with Array.from(...).`);
  }

  #reject(value: unknown, index: number, reason?: string, hint?: string): never {
    return this.#site.reject(value, this.#expected, { index, reason, hint });
  }
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0);
}

/** Flattens arrays in arrays in row-major order; false where they are not all of the lengths in `shape`. */
function flatten(value: unknown, shape: readonly number[], axis: number, into: unknown[]): boolean {
  if (axis === shape.length) {
    into.push(value);
    return !Array.isArray(value);
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) return false;
  return value.every((part) => flatten(part, shape, axis + 1, into));
}
