import {
  type AnyFeature,
  audio,
  boundingBox,
  classLabel,
  type Dimension,
  dataset,
  image,
  labelledImage,
  optional,
  record,
  scalar,
  sequence,
  tensor,
  text,
  translation,
  translationVariableLanguages,
  video,
} from '../declare/index.js';
import type { FeatureDocumentation } from '../feature.js';
import { JsonReader } from '../json-reader.js';

/**
 * The schema that `schemaToJson` wrote.
 *
 * @throws {DatasetsError} MANIFEST_INVALID for JSON of another form, UNSUPPORTED for a kind of feature that a later release added
 */
export function schemaFromJson(json: unknown): AnyFeature {
  return read(new JsonReader(json, 'schema'));
}

const kinds = [
  'scalar',
  'tensor',
  'text',
  'class-label',
  'image',
  'bounding-box',
  'sequence',
  'dataset',
  'record',
  'optional',
  'audio',
  'video',
  'translation',
  'translation-variable-languages',
] as const;
const dtypes = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'string',
  'bytes',
] as const;
const tensorEncodings = ['none', 'bytes', 'zlib'] as const;
const imageEncodings = ['png', 'jpeg'] as const;

function read(json: JsonReader): AnyFeature {
  const documentation = documentationOf(json);
  const kind = json.field('kind').oneOf(kinds);
  switch (kind) {
    case 'scalar':
      return scalar(json.field('dtype').oneOf(dtypes), documentation);
    case 'tensor': {
      const encoding = json.field('encoding').oneOf(tensorEncodings);
      return tensor({ ...documentation, dtype: json.field('dtype').oneOf(dtypes), shape: shapeAt(json), encoding });
    }
    case 'text':
      return text(documentation);
    case 'class-label': {
      const labels = labelsAt(json);
      return typeof labels === 'number'
        ? classLabel({ ...documentation, count: labels })
        : classLabel({ ...documentation, names: labels });
    }
    case 'sequence':
    case 'dataset': {
      const length = json.field('length').optional((reader) => reader.number());
      const options = { ...documentation, ...(length !== undefined && { length }) };
      const feature = read(json.field('feature'));
      return kind === 'dataset' ? dataset(feature, options) : sequence(feature, options);
    }
    case 'record': {
      const fields = json.field('fields').items();
      return record(
        Object.fromEntries(fields.map((field) => [field.field('name').text(), read(field.field('feature'))])),
        documentation,
      );
    }
    case 'optional':
      return optional(read(json.field('feature')));
    default:
      return readMedia(kind, json, documentation);
  }
}

type MediaKind = 'image' | 'bounding-box' | 'audio' | 'video' | 'translation' | 'translation-variable-languages';

function readMedia(kind: MediaKind, json: JsonReader, documentation: FeatureDocumentation): AnyFeature {
  switch (kind) {
    case 'image':
      return readImage(json, documentation);
    case 'bounding-box': {
      const formats = ['XYXY', 'YXYX', 'XYWH', 'REL_XYXY', 'REL_YXYX'] as const;
      const format = json.field('format').optional((reader) => reader.oneOf(formats)) ?? null;
      return boundingBox({ ...documentation, format });
    }
    case 'audio': {
      const sampleRate = json.field('sampleRate').optional((reader) => reader.number());
      const dtype = json.field('dtype').oneOf(['int16', 'int32', 'int64', 'float32']);
      const shared = { ...documentation, shape: shapeAt(json), dtype, ...(sampleRate !== undefined && { sampleRate }) };
      if (json.field('stored').oneOf(['samples', 'file']) === 'file') {
        return audio({ ...shared, fileFormat: json.field('fileFormat').text() });
      }
      return audio({ ...shared, encoding: json.field('encoding').oneOf(tensorEncodings) });
    }
    case 'video': {
      const dtype = json.field('dtype').oneOf(['uint8', 'uint16']);
      const encoding = json.field('encoding').oneOf(imageEncodings);
      return video({ ...documentation, shape: shapeAt(json), dtype, encoding });
    }
    case 'translation':
      return translation({ ...documentation, languages: textsAt(json.field('languages')) });
    case 'translation-variable-languages': {
      const languages = json.field('languages').optional(textsAt);
      return translationVariableLanguages({ ...documentation, ...(languages !== undefined && { languages }) });
    }
  }
}

function readImage(json: JsonReader, documentation: FeatureDocumentation): AnyFeature {
  const encoding = json.field('encoding').optional((reader) => reader.oneOf(imageEncodings));
  const shared = { ...documentation, shape: shapeAt(json), ...(encoding !== undefined && { encoding }) };
  if (json.field('labels').isThere) {
    const dtype = json.field('dtype').oneOf(['uint8', 'uint16']);
    return labelledImage({ ...shared, dtype, labels: labelsAt(json.field('labels')) });
  }
  return image({ ...shared, dtype: json.field('dtype').oneOf(['uint8', 'uint16', 'float32']) });
}

function labelsAt(json: JsonReader): readonly string[] | number {
  return json.field('names').optional(textsAt) ?? json.field('count').number();
}

function shapeAt(json: JsonReader): readonly Dimension[] {
  return json
    .field('shape')
    .items()
    .map((item) => item.optional((reader) => reader.number()) ?? null);
}

function textsAt(json: JsonReader): readonly string[] {
  return json.items().map((item) => item.text());
}

function documentationOf(json: JsonReader): FeatureDocumentation {
  const texts = ['description', 'unit', 'caveats', 'pii'].flatMap((name) => {
    const value = json.field(name).optional((reader) => reader.text());
    return value === undefined ? [] : [[name, value] as const];
  });
  const range = json.field('range').optional((reader) => reader.items());
  const bound = (index: number, open: number): number => range?.[index]?.optional((reader) => reader.number()) ?? open;
  return {
    ...Object.fromEntries(texts),
    ...(range !== undefined && {
      range: [bound(0, Number.NEGATIVE_INFINITY), bound(1, Number.POSITIVE_INFINITY)] as const,
    }),
  };
}
