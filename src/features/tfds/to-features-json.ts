import type { Json, JsonObject } from '../../core/json/index.js';
import { collectLeaves, optionalLayout } from '../declare/collect-leaves.js';
import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition, Dimension, OptionalDefinition } from '../declare/definition.js';
import type { ElementType } from '../declare/element-types.js';
import type { FeatureDocumentation } from '../feature.js';
import { pythonClasses } from './python-classes.js';

/**
 * A schema as tfds' features.json: the JSON form of its Feature proto, which stock `tfds.builder_from_directory` reads.
 *
 * Names of class labels lie in files of their own: see `namesFiles`.
 *
 * @example
 * ```ts
 * await writeFile('features.json', JSON.stringify(toFeaturesJson(schema), null, 4));
 * ```
 */
export function toFeaturesJson(schema: AnyFeature): Json {
  return featureJson(definitionOf(schema), 0);
}

/** @param depth enclosing sequences, as features.json shows them */
function featureJson(definition: Definition, depth: number): JsonObject {
  const { description, range } = definition.documentation;
  return {
    ...contentJson(definition, depth),
    ...(description !== undefined && { description }),
    ...(range !== undefined && { valueRange: rangeText(range) }),
  };
}

function contentJson(definition: Definition, depth: number): JsonObject {
  switch (definition.kind) {
    case 'record': {
      const stored = Object.entries(definition.fields).filter(([, field]) => !isDropped(field));
      const features = Object.fromEntries(stored.map(([name, field]) => [name, featureJson(field, depth)]));
      return { pythonClassName: pythonClasses.record, featuresDict: { features } };
    }
    case 'sequence':
    case 'dataset': {
      // tfds supports one level of nested data sets (dataset_feature.py); on disk both are the same.
      const pythonClass = depth > 0 ? pythonClasses.sequence : pythonClasses[definition.kind];
      return sequenceJson(pythonClass, definition.feature, definition.length, depth);
    }
    case 'optional':
      return optionalJson(definition, depth);
    case 'masked':
    case 'pseudonymised':
      return contentJson(definition.stored, depth);
    case 'dropped':
      return contentJson(definition.feature, depth);
    case 'scalar':
      return { pythonClassName: pythonClasses.scalar, tensor: tensorJson(definition.dtype, [], 'none') };
    case 'tensor': {
      const { dtype, shape, encoding } = definition;
      return { pythonClassName: pythonClasses.tensor, tensor: tensorJson(dtype, shape, encoding) };
    }
    case 'text':
      return { pythonClassName: pythonClasses.text, text: {} };
    case 'class-label':
      return { pythonClassName: pythonClasses.classLabel, classLabel: { numClasses: String(definition.count) } };
    default:
      return mediaJson(definition, depth);
  }
}

type MediaDefinition = Extract<
  Definition,
  { kind: 'image' | 'bounding-box' | 'audio' | 'video' | 'translation' | 'translation-variable-languages' }
>;

function mediaJson(definition: MediaDefinition, depth: number): JsonObject {
  switch (definition.kind) {
    case 'image': {
      const { shape, dtype, encoding, labels } = definition;
      const image = { shape: shapeJson(shape), dtype, ...(encoding !== undefined && { encodingFormat: encoding }) };
      if (labels === undefined) return { pythonClassName: pythonClasses.image, image };
      const label = { numClasses: String(labels.count) };
      return { pythonClassName: pythonClasses.labelledImage, image: { ...image, label, useColormap: true } };
    }
    case 'bounding-box': {
      const { format } = definition;
      const box = { shape: shapeJson([4]), dtype: 'float32', ...(format !== null && { bboxFormat: format }) };
      return { pythonClassName: pythonClasses.boundingBox, boundingBox: box };
    }
    case 'audio': {
      const { shape, dtype, fileFormat, sampleRate, encoding, stored } = definition;
      const audio = {
        shape: shapeJson(shape),
        dtype,
        encoding: encoding.toUpperCase(),
        ...(fileFormat !== undefined && { fileFormat }),
        ...(sampleRate !== undefined && { sampleRate: String(sampleRate) }),
        ...(stored === 'file' && { lazyDecode: true }),
      };
      return { pythonClassName: pythonClasses.audio, audio };
    }
    case 'video': {
      const { dtype, encoding } = definition;
      const [frames = null, ...frame] = definition.shape;
      const shape = [depth > 0 ? null : frames, ...frame];
      const video = { shape: shapeJson(shape), dtype, encodingFormat: encoding };
      return { pythonClassName: pythonClasses.video, video };
    }
    case 'translation':
      return { pythonClassName: pythonClasses.translation, translation: { languages: definition.languages } };
    case 'translation-variable-languages': {
      const { languages } = definition;
      const translation = { ...(languages !== undefined && { languages }), variableLanguagesPerExample: true };
      return { pythonClassName: pythonClasses.translationVariableLanguages, translation };
    }
  }
}

/**
 * A fixed length is shown only where one sequence is all there is: tfds writes nested sequences as ragged, but reads them as such only with
 * two unknown lengths or more (example_parser.py, `_to_tf_example_spec`).
 */
function sequenceJson(pythonClassName: string, feature: Definition, length: Dimension, depth: number): JsonObject {
  const nested = depth > 0 || collectLeaves(feature).some(({ sequences }) => sequences.length > 0);
  const fixed = nested || length === null ? -1 : length;
  return { pythonClassName, sequence: { feature: featureJson(feature, depth + 1), length: String(fixed) } };
}

/** Where tfds has no optional form, a sequence of none or one (see `optional`). */
function optionalJson(definition: OptionalDefinition, depth: number): JsonObject {
  const { feature } = definition;
  if (optionalLayout(definition, depth) === 'sequence') {
    return sequenceJson(pythonClasses.sequence, feature, null, depth);
  }
  const inner = feature.kind === 'masked' || feature.kind === 'pseudonymised' ? feature.stored : feature;
  if (inner.kind === 'tensor') {
    const { dtype, shape, encoding } = inner;
    return { pythonClassName: pythonClasses.tensor, tensor: { ...tensorJson(dtype, shape, encoding), optional: true } };
  }
  // tfds' Text takes no None: an optional text is a scalar of dtype string, which reads the same.
  const dtype = inner.kind === 'scalar' ? inner.dtype : 'string';
  return { pythonClassName: pythonClasses.scalar, tensor: { ...tensorJson(dtype, [], 'none'), optional: true } };
}

function tensorJson(dtype: ElementType, shape: readonly Dimension[], encoding: string): JsonObject {
  return { shape: shapeJson(shape), dtype: dtype === 'bytes' ? 'string' : dtype, encoding };
}

/** -1 is an unknown dimension; proto JSON shows int64 as text and leaves empty lists out. */
function shapeJson(shape: readonly Dimension[]): JsonObject {
  return shape.length === 0 ? {} : { dimensions: shape.map((dimension) => String(dimension ?? -1)) };
}

function rangeText([minimum, maximum]: NonNullable<FeatureDocumentation['range']>): string {
  return `[${minimum}, ${maximum}]`;
}

/** Whether privacy keeps a feature out of what is stored, whatever wraps it. */
export function isDropped(definition: Definition): boolean {
  return (
    definition.kind === 'dropped' ||
    ('feature' in definition && definition.kind !== 'masked' && definition.kind !== 'pseudonymised'
      ? isDropped(definition.feature)
      : false)
  );
}
