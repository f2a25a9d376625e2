import { DatasetsError } from '../../core/errors/index.js';
import type { ElementType } from '../declare/element-types.js';
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
import { JsonReader } from '../json-reader.js';
import { namesFileName } from './names-files.js';
import { pythonAliases, pythonClasses } from './python-classes.js';

/** Reads a file of label names beside features.json; undefined where there is none. */
export type ReadNames = (fileName: string) => readonly string[] | undefined;

/**
 * The schema of a directory that tfds prepared.
 *
 * @param json the parsed features.json
 * @throws {DatasetsError} UNSUPPORTED for a feature class that has no counterpart here; MANIFEST_INVALID for what is no features.json
 * @example
 * ```ts
 * const schema = featuresFromJson(JSON.parse(await readFile('features.json', 'utf8')), () => undefined);
 * ```
 */
export function featuresFromJson(json: unknown, readNames: ReadNames): AnyFeature {
  return read(new JsonReader(json, 'features.json'), { path: [], readNames });
}

interface Place {
  readonly path: readonly string[];
  readonly readNames: ReadNames;
}

function read(json: JsonReader, place: Place): AnyFeature {
  if (!json.field('pythonClassName').isThere && json.field('proto_cls').isThere) throw formerFormat(place);
  const named = json.field('pythonClassName').text();
  const documentation = { ...json.field('description').optional((reader) => ({ description: reader.text() })) };
  const pythonClass = pythonAliases[named] ?? named;
  switch (pythonClass) {
    case pythonClasses.record: {
      const fields = json.field('featuresDict').field('features').fields();
      return record(
        Object.fromEntries(
          fields.map(([name, field]) => [name, read(field, { ...place, path: [...place.path, name] })]),
        ),
      );
    }
    case pythonClasses.sequence:
    case pythonClasses.dataset: {
      const content = json.field('sequence');
      const inner = read(content.field('feature'), place);
      const length = content.field('length').optional((reader) => reader.number()) ?? -1;
      const options = { ...documentation, ...(length >= 0 && { length }) };
      return pythonClass === pythonClasses.dataset ? dataset(inner, options) : sequence(inner, options);
    }
    case pythonClasses.scalar:
    case pythonClasses.tensor:
      return readTensor(json.field('tensor'), documentation);
    case pythonClasses.text:
      return text(documentation);
    case pythonClasses.classLabel:
      return classLabelOf(labelsAt(json.field('classLabel'), place), documentation);
    default:
      return readMedia(pythonClass, json, place, documentation);
  }
}

/** feature.py, `from_json`, "Legacy mode": `{ type, content, proto_cls }`. */
function formerFormat(place: Place): DatasetsError {
  return new DatasetsError('UNSUPPORTED', 'features.json was written by an old release of tfds', {
    hint: 'Write it again with a current one: tfds.builder_from_directory(path).info.features.save_config(path).',
    at: { field: place.path.join('/') },
  });
}

type Described = { readonly description?: string };

function readMedia(pythonClass: string, json: JsonReader, place: Place, documentation: Described): AnyFeature {
  switch (pythonClass) {
    case pythonClasses.image:
    case pythonClasses.labelledImage: {
      const content = json.field('image');
      const encoding = content.field('encodingFormat').optional((reader) => reader.oneOf(['png', 'jpeg']));
      const shared = { ...documentation, shape: shapeOf(content), ...(encoding !== undefined && { encoding }) };
      if (pythonClass === pythonClasses.image) {
        return image({ ...shared, dtype: content.field('dtype').oneOf(['uint8', 'uint16', 'float32']) });
      }
      const labels = labelsAt(content.field('label'), place);
      const dtype = content.field('dtype').oneOf(['uint8', 'uint16']);
      return labelledImage({ ...shared, dtype, labels: 'names' in labels ? labels.names : labels.count });
    }
    case pythonClasses.boundingBox: {
      const formats = ['XYXY', 'YXYX', 'XYWH', 'REL_XYXY', 'REL_YXYX'] as const;
      const format = json
        .field('boundingBox')
        .field('bboxFormat')
        .optional((reader) => reader.oneOf(formats));
      return boundingBox({ ...documentation, format: format ?? null });
    }
    case pythonClasses.audio:
      return readAudio(json.field('audio'), documentation);
    case pythonClasses.video: {
      const content = json.field('video');
      const encoding = content.field('encodingFormat').optional((reader) => reader.oneOf(['png', 'jpeg']));
      const dtype = content.field('dtype').oneOf(['uint8', 'uint16']);
      return video({ ...documentation, shape: shapeOf(content), dtype, ...(encoding !== undefined && { encoding }) });
    }
    case pythonClasses.translation:
      return translation({ ...documentation, languages: languagesOf(json) ?? [] });
    case pythonClasses.translationVariableLanguages: {
      const languages = languagesOf(json);
      return translationVariableLanguages({ ...documentation, ...(languages !== undefined && { languages }) });
    }
    default:
      throw new DatasetsError('UNSUPPORTED', `the feature class ${pythonClass} can't be read here`, {
        hint: 'Read this directory with tfds itself, or build the data set again with features of this package.',
        at: { field: place.path.join('/') },
      });
  }
}

const dtypes: readonly ElementType[] = [
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
];

/** tfds' string is any bytes; what tfds declares as a plain string scalar is read as bytes too, so that nothing is lost. */
function readTensor(content: JsonReader, documentation: Described): AnyFeature {
  const named = content.field('dtype');
  const text = named.text();
  const dtype = text === 'string' || text === 'object' ? 'bytes' : named.oneOf(dtypes);
  const shape = shapeOf(content);
  const encoding = content.field('encoding').optional((reader) => reader.oneOf(['none', 'bytes', 'zlib'])) ?? 'none';
  const feature: AnyFeature =
    shape.length === 0 && encoding === 'none'
      ? scalar(dtype, documentation)
      : tensor({ ...documentation, dtype, shape, encoding });
  return content.field('optional').optional((reader) => reader.boolean()) === true ? optional(feature) : feature;
}

function readAudio(content: JsonReader, documentation: Described): AnyFeature {
  const sampleRate = content.field('sampleRate').optional((reader) => reader.number());
  const fileFormat = content.field('fileFormat').optional((reader) => reader.text());
  const shared = {
    ...documentation,
    shape: shapeOf(content),
    dtype: content.field('dtype').oneOf(['int16', 'int32', 'int64', 'float32']),
    ...(sampleRate !== undefined && { sampleRate }),
  };
  const stored = content.field('lazyDecode').optional((reader) => reader.boolean()) === true;
  if (stored && fileFormat !== undefined) return audio({ ...shared, fileFormat });
  const encodings = { NONE: 'none', BYTES: 'bytes', ZLIB: 'zlib' } as const;
  const named = content.field('encoding').optional((reader) => reader.oneOf(['NONE', 'BYTES', 'ZLIB'])) ?? 'NONE';
  return audio({ ...shared, encoding: encodings[named] });
}

function shapeOf(content: JsonReader): readonly Dimension[] {
  const dimensions = content.field('shape').optional((shape) => shape.field('dimensions').optional((list) => list));
  return (dimensions?.items() ?? []).map((item) => {
    const dimension = item.number();
    return dimension < 0 ? null : dimension;
  });
}

type Labels = { readonly names: readonly string[] } | { readonly count: number };

function labelsAt(content: JsonReader, place: Place): Labels {
  const names = place.readNames(namesFileName(place.path));
  return names === undefined ? { count: content.field('numClasses').number() } : { names };
}

function classLabelOf(labels: Labels, documentation: Described): AnyFeature {
  return 'names' in labels ? classLabel({ ...documentation, ...labels }) : classLabel({ ...documentation, ...labels });
}

function languagesOf(json: JsonReader): readonly string[] | undefined {
  return json
    .field('translation')
    .field('languages')
    .optional((list) => list.items().map((item) => item.text()));
}
