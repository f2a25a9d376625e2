import type { AnyFeature } from '../declare/definition.js';
import { leavesOf, recordDefinitionOf } from '../declare/leaves-of.js';
import type { InputOf } from '../feature.js';
import { type RowArena, startRow } from '../row-arena.js';
import { rowWords } from '../row-layout.js';
import { buildEncoder } from './build-encoder.js';
import { ExampleSize, exampleBytes } from './example-size.js';
import { FieldSite } from './field-site.js';
import { LeafOrder } from './leaf-order.js';
import { Levels } from './levels.js';
import { examplePreparation } from './prepare-example.js';
import type { LeafPlace } from './scalar-encoder.js';

/** Turns examples into compact rows (row-layout.ts). It keeps scratch space: one encoder encodes one example at a time. */
export interface RowEncoder<I = unknown> {
  /**
   * Checks an example and appends it to the arena as a row that still lacks its key: `finishRow` completes it. A failed encode leaves
   * the arena's position where it was.
   *
   * @throws {DatasetsError} EXAMPLE_INVALID, with the path of the field
   */
  encode(example: I, arena: RowArena): void;
  /**
   * There only where a schema has values that can't be encoded at once (pixels for JPEG): gives an example that `encode` takes.
   *
   * @throws {DatasetsError} PEER_MISSING without the package sharp, EXAMPLE_INVALID
   */
  prepare?(example: I): Promise<I>;
}

/**
 * Makes the encoder of a schema.
 *
 * @throws {DatasetsError} FEATURE_INVALID when the schema can't be stored
 * @example
 * ```ts
 * const encoder = createRowEncoder(features({ id: scalar('int32'), name: text() }));
 * const arena = new RowArena(1 << 20);
 * encoder.encode({ id: 1, name: 'a' }, arena);
 * finishRow(arena, 0, 0, 'key of the example');
 * ```
 */
export function createRowEncoder<F extends AnyFeature>(schema: F): RowEncoder<InputOf<F>> {
  const definition = recordDefinitionOf(schema);
  const place = rootPlace(schema);
  const { size } = place;
  const fields = buildEncoder(definition, place);
  const encode = (example: InputOf<F>, arena: RowArena): void => {
    const start = startRow(arena);
    size.entryBytes = 0;
    try {
      fields.encode(example, arena);
    } catch (error) {
      arena.position = start;
      throw error;
    }
    arena.view.setUint32(start + rowWords.exampleBytes * 4, exampleBytes(size.entryBytes), true);
  };
  const prepare = examplePreparation(definition);
  if (prepare === undefined) return { encode };
  return { encode, prepare: async (example) => (await prepare(example)) as InputOf<F> };
}

/** Where a schema's own leaves stand. */
export function rootPlace(schema: AnyFeature): LeafPlace {
  return {
    key: '',
    site: new FieldSite(new Levels()),
    size: new ExampleSize(),
    order: new LeafOrder(leavesOf(schema)),
  };
}
