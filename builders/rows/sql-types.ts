import type { Definition, SqlType, SqlTypes } from '../../src/index.js';

type BaseType = Exclude<SqlType, `${string}?`>;

/**
 * What a query's columns must be for their features. Texts, floats, 64-bit integers and what is nested are left open: several types of a warehouse become those (ENUM, DATE, DECIMAL and TIMESTAMP among
 * them), and the encoder checks each value.
 */
export function sqlTypes(fields: readonly { readonly column: string; readonly definition: Definition }[]): SqlTypes {
  const types: Record<string, SqlType> = {};
  for (const { column, definition } of fields) {
    const isOptional = definition.kind === 'optional';
    const type = typeOf(isOptional ? definition.feature : definition);
    // Two fields may read one column: the first says what it is.
    if (type !== undefined) types[column] ??= isOptional ? `${type}?` : type;
  }
  return types;
}

function typeOf(definition: Definition): BaseType | undefined {
  if (definition.kind === 'class-label') return definition.names === undefined ? 'int32' : undefined;
  if (definition.kind !== 'scalar') return undefined;
  switch (definition.dtype) {
    case 'bool':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'bytes':
      return definition.dtype;
    default:
      return undefined;
  }
}
