import type { Json, JsonObject } from '../../core/json/index.js';
import { hasStoredShape } from '../declare/collect-leaves.js';
import { definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition, Dimension } from '../declare/definition.js';
import type { ElementType } from '../declare/element-types.js';
import { isDropped } from '../tfds/to-features-json.js';

/** HF's ClassLabel always has names; above this many, made-up ones would only bloat every file. */
const mostMadeUpNames = 10_000;

/**
 * A schema as Hugging Face `datasets` keeps it (`Features.to_dict()`, 5.2), by which it decodes images and class labels.
 *
 * It describes just what `arrowShapeOf` lays out: HF compares the two, and drops these where they differ. Lists are nested for the
 * dimensions of tensors; encoded tensors are their bytes.
 *
 * @example
 * ```ts
 * const metadata = { huggingface: JSON.stringify({ info: { features: toHuggingFaceFeatures(schema) } }) };
 * ```
 */
export function toHuggingFaceFeatures(schema: AnyFeature): JsonObject {
  const json = featureJson(definitionOf(schema));
  return json as JsonObject;
}

function featureJson(definition: Definition): Json {
  switch (definition.kind) {
    case 'record':
      return Object.fromEntries(
        Object.entries(definition.fields)
          .filter(([, field]) => !isDropped(field))
          .map(([name, field]) => [name, featureJson(field)]),
      );
    case 'sequence':
    case 'dataset':
      return listJson(featureJson(definition.feature), definition.length);
    case 'optional':
    case 'dropped':
      return featureJson(definition.feature);
    case 'masked':
    case 'pseudonymised':
      return featureJson(definition.stored);
    case 'scalar':
      return valueJson(definition.dtype);
    case 'text':
      return valueJson('string');
    case 'class-label':
      return classLabelJson(definition.count, definition.names);
    case 'bounding-box':
      return listJson(valueJson('float32'), 4);
    case 'tensor':
      return tensorJson(definition);
    case 'image':
      return { _type: 'Image' };
    case 'audio': {
      if (definition.stored === 'samples') return tensorJson(definition);
      const { sampleRate } = definition;
      return { ...(sampleRate !== undefined && { sampling_rate: sampleRate }), _type: 'Audio' };
    }
    case 'video':
      return listJson({ _type: 'Image' }, definition.shape[0] ?? null);
    case 'translation':
      return { languages: definition.languages, _type: 'Translation' };
    case 'translation-variable-languages': {
      const { languages } = definition;
      const known = languages === undefined ? {} : { languages, num_languages: languages.length };
      return { ...known, _type: 'TranslationVariableLanguages' };
    }
  }
}

interface TensorLike {
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
  readonly encoding: string;
}

function tensorJson(definition: TensorLike): Json {
  const { dtype, shape, encoding } = definition;
  if (encoding === 'none') return shape.reduceRight<Json>((item, length) => listJson(item, length), valueJson(dtype));
  const bytes = valueJson('bytes');
  return hasStoredShape(definition) ? { shape: listJson(valueJson('int32'), shape.length), value: bytes } : bytes;
}

function listJson(feature: Json, length: Dimension): JsonObject {
  return { feature, ...(length !== null && { length }), _type: 'List' };
}

function classLabelJson(count: number, names: readonly string[] | undefined): JsonObject {
  if (names === undefined && count > mostMadeUpNames) return valueJson('int64');
  return { names: names ?? Array.from({ length: count }, (_, index) => String(index)), _type: 'ClassLabel' };
}

/** Arrow has no bfloat16: it is widened, see `arrowValueType`. */
function valueJson(dtype: ElementType): JsonObject {
  const named = dtype === 'bytes' ? 'binary' : dtype === 'bfloat16' ? 'float32' : dtype;
  return { dtype: named, _type: 'Value' };
}
