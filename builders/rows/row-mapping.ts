import {
  type AnyFeature,
  DatasetsError,
  type Definition,
  definitionOf,
  type Feature,
  type InputOf,
  type PickedColumn,
  pick,
} from '../../src/index.js';
import type { RowLayout } from './row-layout.js';
import { type ColumnFormat, valueConversion } from './value-conversion.js';

/** A row of a source, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** A field of the schema, and the column that it is read from. */
export interface MappedField {
  readonly field: string;
  readonly column: string;
  readonly definition: Definition;
}

/** What is to be read of a source. */
export interface RowColumns {
  /** Each once. */
  readonly columns: readonly string[];
  readonly fields: readonly MappedField[];
}

/** Which columns of a row are read, and how they become an example. */
export class RowMapping<F extends Feature<never, unknown>> implements RowColumns {
  readonly fields: readonly MappedField[];
  /** Makes an example of a row; the encoder checks each value against its feature. */
  readonly example: (row: Row) => InputOf<F>;
  readonly #layout: RowLayout<F>;

  /**
   * @param dataset for messages
   * @throws DatasetsError BUILDER_INVALID for a schema without fields, and for columns of fields that it doesn't have
   */
  constructor(dataset: string, schema: AnyFeature, layout: RowLayout<F>, format: ColumnFormat) {
    const definition = definitionOf(schema);
    if (definition.kind !== 'record') {
      throw new DatasetsError('BUILDER_INVALID', `${dataset}: rows need a schema of named fields`, {
        hint: 'Declare it with features({ … }).',
        at: { dataset },
      });
    }
    // The type's keys are those of the schema, which may be generic here.
    const columns = (layout.columns ?? {}) as Readonly<Record<string, string | undefined>>;
    const stray = Object.keys(columns).find((field) => !Object.hasOwn(definition.fields, field));
    if (stray !== undefined) {
      throw new DatasetsError(
        'BUILDER_INVALID',
        `${dataset}: columns names ${stray}, which is no field of the schema`,
        {
          hint: `The fields are: ${Object.keys(definition.fields).join(', ')}.`,
          at: { dataset, field: stray },
        },
      );
    }
    this.fields = Object.entries(definition.fields).map(([field, feature]) => ({
      field,
      column: (Object.hasOwn(columns, field) ? columns[field] : undefined) ?? field,
      definition: feature,
    }));
    this.#layout = layout;
    this.example = exampleOf(this.fields, format) as (row: Row) => InputOf<F>;
  }

  /** All columns that are needed, each once. */
  get columns(): readonly string[] {
    const { key, splits } = this.#layout;
    const dealt = splits === undefined ? undefined : 'column' in splits ? splits.column : splits.by;
    const others = [key, dealt].filter((column) => column !== undefined);
    return [...new Set([...this.fields.map(({ column }) => column), ...others])];
  }

  /** Whether the values of a column are personal data, and must not be shown. */
  isPrivate(column: string): boolean {
    return this.fields.some((each) => each.column === column && each.definition.documentation.pii !== undefined);
  }
}

/** Values that a parser of text finds need no more than to be picked, which spares the objects. */
function exampleOf(fields: readonly MappedField[], format: ColumnFormat): (row: Row) => unknown {
  const converted = fields.map(({ field, column, definition }) => ({
    field,
    column,
    convert: valueConversion(definition, format),
  }));
  if (format !== 'typed') {
    const picked = converted.map(({ field, column, convert }) => [
      field,
      convert === undefined ? column : { column, bigint: convert },
    ]);
    return pick(Object.fromEntries(picked) as Readonly<Record<string, PickedColumn>>);
  }
  return (row) => {
    const example: Record<string, unknown> = {};
    for (const { field, column, convert } of converted) {
      const value = row[column];
      example[field] = convert === undefined ? value : convert(value);
    }
    return example;
  };
}
