import type { ArrowField, ArrowNode, ArrowStruct } from '../arrow-shape.js';
import { hasStoredShape, optionalLayout } from '../declare/collect-leaves.js';
import type { AnyFeature, Definition, TensorDefinition } from '../declare/definition.js';
import { leavesOf, recordDefinitionOf } from '../declare/leaves-of.js';

interface Place {
  readonly key: string;
  readonly depth: number;
}

type IndexOf = (key: string) => number;

/**
 * How a schema's leaves nest into Arrow columns: see arrow-shape.ts.
 *
 * @throws {DatasetsError} FEATURE_INVALID when the schema is no record
 */
export function arrowShapeOf(schema: AnyFeature): ArrowStruct {
  const indexes = new Map(leavesOf(schema).map(({ key }, index) => [key, index]));
  return structOf(recordDefinitionOf(schema).fields, { key: '', depth: 0 }, (key) => indexes.get(key) ?? -1);
}

/** undefined where nothing is stored: privacy dropped it. */
function shapeOf(definition: Definition, place: Place, indexOf: IndexOf): ArrowNode | undefined {
  const { key, depth } = place;
  const values = (valuesKey: string): ArrowNode => ({ kind: 'values', leaf: indexOf(valuesKey) });
  const media = (): ArrowNode => ({ kind: 'media', leaf: indexOf(key) });
  switch (definition.kind) {
    case 'scalar':
    case 'text':
    case 'class-label':
    case 'bounding-box':
      return values(key);
    case 'tensor':
      return tensorShape(definition, key, values);
    case 'audio':
      return definition.stored === 'file' ? media() : tensorShape(definition, key, values);
    case 'image':
      return media();
    case 'video':
      return { kind: 'list', length: definition.shape[0] ?? null, level: depth, item: media() };
    case 'sequence':
    case 'dataset': {
      const item = shapeOf(definition.feature, { key, depth: depth + 1 }, indexOf);
      return item && { kind: 'list', length: definition.length, level: depth, item };
    }
    case 'record': {
      const struct = structOf(definition.fields, place, indexOf);
      return struct.fields.length === 0 ? undefined : struct;
    }
    case 'translation':
      return {
        kind: 'struct',
        fields: definition.languages.map((name) => ({ name, node: values(`${key}/${name}`) })),
      };
    case 'translation-variable-languages':
      // HF has a struct of lists here, where other sequences of records are lists of structs (translation.py).
      return {
        kind: 'struct',
        fields: ['language', 'translation'].map((name) => ({
          name,
          node: { kind: 'list', length: null, level: depth, item: values(`${key}/${name}`) },
        })),
      };
    case 'optional': {
      if (optionalLayout(definition, depth) === 'absent') return shapeOf(definition.feature, place, indexOf);
      const item = shapeOf(definition.feature, { key, depth: depth + 1 }, indexOf);
      return item && { kind: 'optional', level: depth, item };
    }
    case 'dropped':
      return undefined;
    case 'masked':
    case 'pseudonymised':
      return shapeOf(definition.stored, place, indexOf);
  }
}

function structOf(fields: Readonly<Record<string, Definition>>, { key, depth }: Place, indexOf: IndexOf): ArrowStruct {
  const shapes = Object.entries(fields).flatMap(([name, field]): readonly ArrowField[] => {
    const node = shapeOf(field, { key: key === '' ? name : `${key}/${name}`, depth }, indexOf);
    return node === undefined ? [] : [{ name, node }];
  });
  return { kind: 'struct', fields: shapes };
}

function tensorShape(
  tensor: Pick<TensorDefinition, 'shape' | 'encoding'>,
  key: string,
  values: (key: string) => ArrowNode,
): ArrowNode {
  if (tensor.encoding === 'none' || !hasStoredShape(tensor)) return values(key);
  return {
    kind: 'struct',
    fields: ['shape', 'value'].map((name) => ({ name, node: values(`${key}/${name}`) })),
  };
}
