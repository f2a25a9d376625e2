import type { ColumnBatch } from '../columns.js';

/** Pixels of one batch that can't be decoded at once, by leaf and element. */
export type PreparedImages = ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;

const preparedBatches = new WeakMap<ColumnBatch, PreparedImages>();

export function preparedImagesOf(batch: ColumnBatch): PreparedImages | undefined {
  return preparedBatches.get(batch);
}

export function keepPreparedImages(batch: ColumnBatch, images: PreparedImages): void {
  preparedBatches.set(batch, images);
}
