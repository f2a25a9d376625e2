import type { ColumnBatch } from '../columns.js';
import type { Definition } from '../declare/definition.js';
import { imageFormat } from '../images/inspect-image.js';
import { decodeJpeg } from '../images/sharp.js';
import { bytesOf } from './column-access.js';
import { BatchColumns } from './field-reader.js';
import { keepPreparedImages } from './prepared-images.js';
import { copyBytes } from './read-text.js';

/** How many JPEG images are decoded at once: enough to keep sharp's threads busy, few enough to bound memory. */
const concurrent = 16;

interface JpegLeaf {
  readonly key: string;
  readonly channels: number;
}

/** Decodes the JPEG images of a batch in advance; undefined for schemas that can't hold any. */
export function imagePreparation(
  schema: Definition,
  indexes: ReadonlyMap<string, number>,
): ((batch: ColumnBatch) => Promise<void>) | undefined {
  const leaves = jpegLeaves(schema, '');
  if (leaves.length === 0) return undefined;
  return async (batch) => {
    const columns = new BatchColumns(batch, indexes, undefined);
    const prepared = new Map<string, ReadonlyMap<number, Uint8Array>>();
    for (const leaf of leaves) prepared.set(leaf.key, await decodeColumn(columns, leaf));
    keepPreparedImages(batch, prepared);
  };
}

async function decodeColumn(
  columns: BatchColumns,
  { key, channels }: JpegLeaf,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const column = columns.column(key);
  const values = bytesOf(column);
  const images = new Map<number, Uint8Array>();
  let next = 0;
  const count = columns.itemCount(column);
  const decodeNext = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const encoded = copyBytes(values, index);
      if (imageFormat(encoded) === 'jpeg') images.set(index, await decodeJpeg(encoded, channels));
    }
  };
  await Promise.all(Array.from({ length: concurrent }, decodeNext));
  return images;
}

/** Leaves that hold images that may be JPEG: all but those that are declared as PNG. */
function jpegLeaves(definition: Definition, key: string): readonly JpegLeaf[] {
  switch (definition.kind) {
    case 'image':
    case 'video': {
      const channels = definition.shape.at(-1) ?? 0;
      return definition.encoding === 'png' || definition.dtype !== 'uint8' ? [] : [{ key, channels }];
    }
    case 'sequence':
    case 'dataset':
    case 'optional':
      return jpegLeaves(definition.feature, key);
    case 'record':
      return Object.entries(definition.fields).flatMap(([name, field]) =>
        jpegLeaves(field, key === '' ? name : `${key}/${name}`),
      );
    default:
      return [];
  }
}
