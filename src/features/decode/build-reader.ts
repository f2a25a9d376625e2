import { collectLeaves, optionalLayout } from '../declare/collect-leaves.js';
import type { Definition, OptionalDefinition, RecordDefinition } from '../declare/definition.js';
import { dtypeOf } from '../declare/element-types.js';
import { bytesOf, numbersOf, offsetsAt, presentItems } from './column-access.js';
import type { FieldReader } from './field-reader.js';
import { EncodedImage, type ImageShape } from './image-value.js';
import { objectReader } from './object-reader.js';
import { numberReader, smallInt64Reader } from './read-numbers.js';
import { tensorReader } from './read-tensors.js';
import { bufferOf, copyBytes, TextReader } from './read-text.js';

/** Where a feature stands: the key of its leaves, and how many sequences there are around it. */
export interface ReaderPlace {
  readonly key: string;
  readonly depth: number;
}

/** Makes the reader of a definition for its place: the mirror of encode/build-encoder.ts. */
export function buildReader(definition: Definition, place: ReaderPlace): FieldReader {
  const { key, depth } = place;
  switch (definition.kind) {
    case 'scalar': {
      const dtype = dtypeOf(definition.dtype);
      if (dtype !== 'string') return (batch) => numberReader(dtype, numbersOf(batch.column(key)));
      return definition.dtype === 'bytes' ? bytesReader(key) : textReader(key);
    }
    case 'text':
      return textReader(key);
    case 'class-label':
      return (batch) => smallInt64Reader(numbersOf(batch.column(key)));
    case 'bounding-box':
      return tensorReader({ dtype: 'float32', shape: [4], encoding: 'none' }, key);
    case 'image':
      return imageReader(definition, key);
    case 'tensor':
      return tensorReader(definition, key);
    case 'audio': {
      if (definition.stored === 'samples') return tensorReader(definition, key);
      const bytes = bytesReader(key);
      const { fileFormat } = definition;
      return (batch) => {
        const read = bytes(batch);
        return (element) => ({ encoded: read(element), fileFormat });
      };
    }
    case 'video': {
      const frame = { shape: definition.shape.slice(1), dtype: definition.dtype };
      return listReader(imageReader(frame, key), key, depth);
    }
    case 'sequence':
    case 'dataset': {
      const element = buildReader(definition.feature, { key, depth: depth + 1 });
      const [leaf] = collectLeaves(definition.feature);
      // Without a leaf below it (all dropped by privacy) nothing says how long a list was.
      return leaf === undefined ? () => () => [] : listReader(element, keyBelow(key, leaf.key), depth);
    }
    case 'record':
      return recordReader(definition, place);
    case 'translation':
      return objectReader(definition.languages.map((language) => [language, textReader(keyBelow(key, language))]));
    case 'translation-variable-languages':
      return objectReader(
        ['language', 'translation'].map((name) => {
          const below = keyBelow(key, name);
          return [name, listReader(textReader(below), below, depth)];
        }),
      );
    case 'optional':
      return optionalReader(definition, place);
    case 'dropped':
      return () => () => undefined;
    case 'masked':
    case 'pseudonymised':
      return buildReader(definition.stored, place);
  }
}

function keyBelow(key: string, name: string): string {
  return key === '' ? name : name === '' ? key : `${key}/${name}`;
}

function textReader(key: string): FieldReader {
  // One reader for all batches: its cache stays warm.
  const text = new TextReader();
  return (batch) => {
    const values = bytesOf(batch.column(key));
    const buffer = bufferOf(values);
    return (element) => text.read(values, buffer, element);
  };
}

function bytesReader(key: string): FieldReader {
  return (batch) => {
    const values = bytesOf(batch.column(key));
    return (element) => copyBytes(values, element);
  };
}

function imageReader(image: ImageShape, key: string): FieldReader {
  return (batch) => {
    const values = bytesOf(batch.column(key));
    const prepared = batch.prepared?.get(key);
    return (element) => new EncodedImage(copyBytes(values, element), image, prepared?.get(element));
  };
}

/** @param leafKey any leaf below: all have the offsets of this level */
function listReader(element: FieldReader, leafKey: string, level: number): FieldReader {
  return (batch) => {
    const offsets = offsetsAt(batch.column(leafKey), level);
    const read = element(batch);
    return (outer) => {
      const from = offsets[outer] as number;
      const length = (offsets[outer + 1] as number) - from;
      const values = new Array<unknown>(length);
      for (let index = 0; index < length; index++) values[index] = read(from + index);
      return values;
    };
  };
}

function recordReader(definition: RecordDefinition, { key, depth }: ReaderPlace): FieldReader {
  const stored = Object.entries(definition.fields).filter(([, field]) => !isDropped(field));
  return objectReader(stored.map(([name, field]) => [name, buildReader(field, { key: keyBelow(key, name), depth })]));
}

function isDropped(definition: Definition): boolean {
  return definition.kind === 'dropped' || (definition.kind === 'optional' && isDropped(definition.feature));
}

function optionalReader(definition: OptionalDefinition, place: ReaderPlace): FieldReader {
  const { key, depth } = place;
  if (optionalLayout(definition, depth) === 'absent') {
    const inner = buildReader(definition.feature, place);
    return (batch) => {
      const { presence } = batch.column(key);
      const read = inner(batch);
      if (presence === undefined) return read;
      const items = presentItems(presence, batch.rows);
      return (row) => {
        const item = items[row] as number;
        return item < 0 ? null : read(item);
      };
    };
  }
  const inner = buildReader(definition.feature, { key, depth: depth + 1 });
  const [leaf] = collectLeaves(definition.feature);
  if (leaf === undefined) return () => () => null;
  const leafKey = keyBelow(key, leaf.key);
  return (batch) => {
    const offsets = offsetsAt(batch.column(leafKey), depth);
    const read = inner(batch);
    return (outer) => (offsets[outer] === offsets[outer + 1] ? null : read(offsets[outer] as number));
  };
}
