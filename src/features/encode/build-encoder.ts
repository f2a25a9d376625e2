import { optionalLayout } from '../declare/collect-leaves.js';
import type {
  AudioDefinition,
  Definition,
  OptionalDefinition,
  RecordDefinition,
  VideoDefinition,
} from '../declare/definition.js';
import { dtypeOf } from '../declare/element-types.js';
import { boxConversion } from './box-conversion.js';
import { convertingEncoder } from './convert-encoder.js';
import { ExampleSize } from './example-size.js';
import type { FieldEncoder } from './field-encoder.js';
import type { FieldSite } from './field-site.js';
import { ImageConversion, readImageFile } from './image-conversion.js';
import { labelConversion } from './label-conversion.js';
import { absentEncoder, noneOrOneEncoder } from './optional-encoder.js';
import { RecordEncoder } from './record-encoder.js';
import { replacingEncoder } from './replacing-encoder.js';
import { type LeafPlace, numberEncoder, stringEncoder } from './scalar-encoder.js';
import { SequenceEncoder } from './sequence-encoder.js';
import { tensorEncoder } from './tensor-encoder.js';
import { translationsEncoder } from './translation-encoder.js';

/** Makes the encoder of a definition for its place: the mirror of declare/collect-leaves.ts. */
export function buildEncoder(definition: Definition, place: LeafPlace): FieldEncoder {
  const { site } = place;
  switch (definition.kind) {
    case 'scalar': {
      const dtype = dtypeOf(definition.dtype);
      if (dtype === 'string') return stringEncoder(definition.dtype === 'string', place);
      return numberEncoder(dtype, definition.documentation, place);
    }
    case 'text':
      return stringEncoder(true, place);
    case 'class-label':
      return convertingEncoder(labelConversion(definition, site), numberEncoder('int64', {}, place));
    case 'bounding-box': {
      const box = { dtype: 'float32', shape: [4], encoding: 'none', documentation: {} } as const;
      return convertingEncoder(boxConversion(definition, site), tensorEncoder(box, place));
    }
    case 'image':
      return convertingEncoder(new ImageConversion(definition, site).toBytes, stringEncoder(false, place));
    case 'tensor':
      return tensorEncoder(definition, place);
    case 'audio':
      return definition.stored === 'samples' ? tensorEncoder(definition, place) : audioFileEncoder(definition, place);
    case 'video':
      return videoEncoder(definition, place);
    case 'sequence':
    case 'dataset': {
      const element = { ...place, site: site.element(definition.feature.documentation) };
      const takesIterables = definition.kind === 'dataset';
      return new SequenceEncoder(buildEncoder(definition.feature, element), site, definition.length, takesIterables);
    }
    case 'record':
      return recordEncoder(definition, place);
    case 'translation': {
      const fields = definition.languages.map((language) => {
        const below = fieldPlace(place, language, definition.documentation);
        return { name: language, encoder: stringEncoder(true, below) };
      });
      return new RecordEncoder(fields, site);
    }
    case 'translation-variable-languages': {
      const list = (name: string) => {
        const below = fieldPlace(place, name, definition.documentation);
        return stringEncoder(true, { ...below, site: below.site.element({}) });
      };
      return translationsEncoder(definition, { language: list('language'), translation: list('translation') }, site);
    }
    case 'optional':
      return optionalEncoder(definition, place);
    case 'dropped':
      return droppedEncoder(definition.feature, site);
    case 'masked':
    case 'pseudonymised': {
      // What is checked but not stored counts for nothing.
      const checked = { ...place, size: new ExampleSize() };
      const original = buildEncoder(definition.feature, checked);
      return replacingEncoder(original, buildEncoder(definition.stored, place), definition.replace);
    }
  }
}

function fieldPlace(place: LeafPlace, name: string, documentation: Definition['documentation']): LeafPlace {
  const key = place.key === '' ? name : `${place.key}/${name}`;
  return { ...place, key, site: place.site.field(name, documentation) };
}

function recordEncoder(definition: RecordDefinition, place: LeafPlace): FieldEncoder {
  const fields = placedFields(definition, place).map((field) => ({
    name: field.name,
    encoder: buildEncoder(field.definition, field.place),
  }));
  return new RecordEncoder(fields, place.site);
}

/** The fields of a record in the order of their leaves in the row, in which they are encoded. */
export function placedFields(
  { fields }: RecordDefinition,
  place: LeafPlace,
): readonly { readonly name: string; readonly definition: Definition; readonly place: LeafPlace }[] {
  const places = new Map(
    Object.entries(fields).map(([name, field]) => [name, fieldPlace(place, name, field.documentation)]),
  );
  const names = place.order.sortFields([...places].map(([name, { key }]) => ({ name, key })));
  return names.flatMap((name) => {
    const [definition, below] = [fields[name], places.get(name)];
    return definition === undefined || below === undefined ? [] : [{ name, definition, place: below }];
  });
}

function optionalEncoder(definition: OptionalDefinition, place: LeafPlace): FieldEncoder {
  const { site } = place;
  if (optionalLayout(definition, site.depth) === 'absent')
    return absentEncoder(buildEncoder(definition.feature, place), site);
  return noneOrOneEncoder(buildEncoder(definition.feature, { ...place, site: site.unseenElement() }), site);
}

function videoEncoder(definition: VideoDefinition, place: LeafPlace): FieldEncoder {
  const [frames = null, ...frameShape] = definition.shape;
  const framePlace = { ...place, site: place.site.element({}) };
  const frame = { shape: frameShape, dtype: definition.dtype, encoding: definition.encoding, labels: undefined };
  const conversion = new ImageConversion(frame, framePlace.site);
  const element = convertingEncoder(conversion.toBytes, stringEncoder(false, framePlace));
  return convertingEncoder((value) => framesOf(value), new SequenceEncoder(element, place.site, frames, false));
}

/** Pixels of a whole clip, cut into frames; anything else as it is. */
export function framesOf(value: unknown): unknown {
  const { data, shape } = (value ?? {}) as { data?: unknown; shape?: unknown };
  if (!(data instanceof Uint8Array || data instanceof Uint16Array) || !Array.isArray(shape)) return value;
  const [count, ...frameShape] = shape as readonly number[];
  const size = frameShape.reduce((product, dimension) => product * dimension, 1);
  if (count === undefined || count * size !== data.length) return value;
  return Array.from({ length: count }, (_, frame) => ({
    data: data.subarray(frame * size, (frame + 1) * size),
    shape: frameShape,
  }));
}

function audioFileEncoder(definition: AudioDefinition, place: LeafPlace): FieldEncoder {
  const { site } = place;
  const expected = `the bytes or the path of a ${definition.fileFormat} file`;
  return convertingEncoder(
    (value, index) => (value instanceof Uint8Array ? value : readImageFile(value, site, index, expected)),
    stringEncoder(false, place),
  );
}

/** Nothing is stored, but the author must still provide it: the declaration says so, and a change of policy must not break the data set. */
function droppedEncoder(feature: Definition, site: FieldSite): FieldEncoder {
  const mayMiss = feature.kind === 'optional';
  const check = (value: unknown, index: number) => {
    if (value === undefined && !mayMiss) site.reject(value, `a value of kind ${feature.kind}`, { index });
  };
  return {
    encode: (value) => check(value, 0),
    encodeAll: (values, count) => {
      for (let index = 0; index < count; index++) check(values[index], index);
    },
  };
}
