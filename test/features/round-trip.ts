import {
  type AnyFeature,
  createDecoder,
  createRowEncoder,
  features,
  finishRow,
  leavesOf,
  RowArena,
  rowWords,
  type ScalarFeature,
  scalar,
} from '../../src/features/index.js';
import { createColumnBuilder, createExampleWriter, exampleSlackBytes } from '../../src/formats/index.js';

/** A schema around one feature, with a field before and one behind it: what it leaves behind would be found there. */
export function schemaAround(feature: AnyFeature) {
  return features({ value: feature, after: scalar('int32'), Before: scalar('int32') } as {
    readonly value: AnyFeature;
    readonly after: ScalarFeature<'int32'>;
    readonly Before: ScalarFeature<'int32'>;
  });
}

export interface EncodedRows {
  readonly arena: RowArena;
  readonly starts: Uint32Array;
}

/** Rows of examples, in an arena that starts small, so that it grows. */
export function encodeRows(schema: AnyFeature, examples: readonly unknown[]): EncodedRows {
  const encoder = createRowEncoder(schema);
  const arena = new RowArena(16);
  const starts = Uint32Array.from(examples, (example, ordinal) => {
    const start = arena.position;
    encoder.encode(example as never, arena);
    finishRow(arena, start, ordinal, `key ${ordinal}`);
    return start;
  });
  return { arena, starts };
}

/** The tf.Examples of rows. The writer checks each against the size that the row says. */
export function examplesOf(schema: AnyFeature, { arena, starts }: EncodedRows): readonly Uint8Array[] {
  const writer = createExampleWriter(leavesOf(schema));
  return Array.from(starts, (start) => {
    const size = arena.view.getUint32(start + rowWords.exampleBytes * 4, true);
    const target = new Uint8Array(size + exampleSlackBytes);
    writer.write(arena.view, arena.bytes, start, target, 0);
    return target.slice(0, size);
  });
}

export function decodeRows(schema: AnyFeature, { arena, starts }: EncodedRows): readonly unknown[] {
  const builder = createColumnBuilder(leavesOf(schema));
  builder.appendRows(arena.view, arena.bytes, starts, 0, starts.length);
  const rows = createDecoder(schema).rows(builder.finish());
  return Array.from({ length: rows.length }, (_, row) => rows.get(row));
}

export function decodeExamples(schema: AnyFeature, examples: readonly Uint8Array[]): readonly unknown[] {
  const builder = createColumnBuilder(leavesOf(schema));
  for (const example of examples) builder.appendExample(example, 0, example.length);
  const rows = createDecoder(schema).rows(builder.finish());
  return Array.from({ length: rows.length }, (_, row) => rows.get(row));
}
