import type { BoundingBoxSides } from '../declare/bounding-box.js';
import type { BoundingBoxDefinition, BoundingBoxFormat } from '../declare/definition.js';
import type { Convert } from './convert-encoder.js';
import type { FieldSite } from './field-site.js';

/**
 * Four numbers, also as a reader gives them (`{ data, shape }`), or sides by name, to the four numbers that are stored, with tfds' checks (bounding_boxes.py `encode_example`). Sides by name
 * are put in the order of the format; numbers are taken to be in it.
 */
export function boxConversion({ format }: BoundingBoxDefinition, site: FieldSite): Convert {
  const expected = `a box of four numbers${format === null ? '' : ` (${format})`}`;
  const relative = format === 'REL_XYXY' || format === 'REL_YXYX';
  const corners = format !== null && format !== 'XYWH';
  return (value, index) => {
    const box = coordinatesOf(value, format);
    if (box === undefined) return site.reject(value, expected, { index });
    for (const coordinate of box) {
      if (Number.isNaN(coordinate)) site.reject(value, expected, { index, reason: 'NaN is no coordinate' });
      if (relative && !(coordinate >= 0 && coordinate <= 1)) {
        site.reject(value, expected, { index, reason: `${coordinate} is not between 0 and 1`, hint: relativeHint });
      }
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = box;
    if (corners && (third < first || fourth < second)) {
      site.reject(value, expected, {
        index,
        reason: 'a minimum exceeds its maximum',
        hint: 'Check the order of the sides.',
      });
    }
    return box;
  };
}

const relativeHint =
  "Divide by the image's height and width, or declare another format: boundingBox({ format: 'YXYX' }).";

/** Always as doubles, which the float32 leaf rounds; undefined where it is no box. */
function coordinatesOf(value: unknown, format: BoundingBoxFormat | null): readonly number[] | undefined {
  const box = Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value)
      ? Array.from(value as Float64Array)
      : dataOf(value, format);
  return box?.length === 4 && box.every((side) => typeof side === 'number') ? box : undefined;
}

function dataOf(value: unknown, format: BoundingBoxFormat | null): readonly number[] | undefined {
  const { data } = (value ?? {}) as { readonly data?: unknown };
  return data instanceof Float32Array ? Array.from(data) : sidesOf(value, format);
}

function sidesOf(value: unknown, format: BoundingBoxFormat | null): readonly number[] | undefined {
  if (typeof value !== 'object' || value === null || format === null) return undefined;
  const { ymin, xmin, ymax, xmax, ...rest } = value as Partial<BoundingBoxSides>;
  if (Object.keys(rest).length > 0) return undefined;
  if (ymin === undefined || xmin === undefined || ymax === undefined || xmax === undefined) return undefined;
  if (format === 'XYWH') return [xmin, ymin, xmax - xmin, ymax - ymin];
  return format.endsWith('YXYX') ? [ymin, xmin, ymax, xmax] : [xmin, ymin, xmax, ymax];
}
