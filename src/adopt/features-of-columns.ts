import { DatasetsError } from '../core/errors/index.js';
import type { Json } from '../core/json/index.js';
import {
  type AnyFeature,
  classLabel,
  type ElementType,
  features,
  image,
  optional,
  record,
  scalar,
  sequence,
  tensor,
  text,
  translation,
  translationVariableLanguages,
} from '../features/index.js';
import { type Field, typeName } from '../formats/index.js';
import { notAdoptable } from './adopt-errors.js';
import { isObject, propertyOf, textOf, textsOf } from './read-json.js';

export interface ColumnFacts {
  /** Paths of fields that hold a null. */
  readonly nulls: ReadonlySet<string>;
  /** What Hugging Face datasets says of the columns. */
  readonly huggingFaceFeatures: Json | undefined;
  /** Named in errors. */
  readonly file: string;
}

/**
 * The features that columns are, by their Arrow types and what Hugging Face datasets says of them: class labels, images, arrays of a shape. Whatever holds a null is optional.
 *
 * @throws DatasetsError UNSUPPORTED for a column that has no counterpart here, with its name and type.
 */
export function featuresOfColumns(fields: readonly Field[], facts: ColumnFacts): AnyFeature {
  const builder = new FeatureBuilder(facts);
  return features(builder.fields(fields, facts.huggingFaceFeatures, ''));
}

class FeatureBuilder {
  readonly #facts: ColumnFacts;

  constructor(facts: ColumnFacts) {
    this.#facts = facts;
  }

  fields(fields: readonly Field[], said: Json | undefined, path: string): Record<string, AnyFeature> {
    const entries = fields.map((field) => {
      const below = path === '' ? field.name : `${path}/${field.name}`;
      return [field.name, this.#feature(field, propertyOf(said, field.name), below)] as const;
    });
    return Object.fromEntries(entries);
  }

  #feature(field: Field, said: Json | undefined, path: string): AnyFeature {
    try {
      const feature = this.#special(field, said, path) ?? this.#plain(field, said, path);
      return this.#facts.nulls.has(path) ? (optional(feature as never) as AnyFeature) : feature;
    } catch (error) {
      if (!(error instanceof DatasetsError) || error.code !== 'FEATURE_INVALID') throw error;
      throw notAdoptable(
        `${this.#facts.file}: the column '${path}' can't be a feature: ${error.message}`,
        error.hint ?? '',
        {
          file: this.#facts.file,
          field: path,
        },
      );
    }
  }

  /** What only Hugging Face datasets can tell; undefined where the Arrow type says all. */
  #special(field: Field, said: Json | undefined, path: string): AnyFeature | undefined {
    switch (textOf(said, '_type')) {
      case undefined:
      case 'Value':
      case 'List':
      case 'LargeList':
      case 'Sequence':
        return undefined;
      case 'ClassLabel': {
        const names = textsOf(propertyOf(said, 'names'));
        // Its numbers have 64 bits (features.py, ClassLabel.pa_type).
        return names.length === 0 ? undefined : classLabel({ names });
      }
      case 'Image':
        return image();
      case 'Array2D':
      case 'Array3D':
      case 'Array4D':
      case 'Array5D': {
        const shape = propertyOf(said, 'shape');
        const dtype = elementType(innermost(field));
        if (!Array.isArray(shape) || dtype === undefined) throw this.#refuse(field, said, path);
        return tensor({ dtype, shape: shape.map((length) => (typeof length === 'number' ? length : null)) });
      }
      case 'Translation':
        return translation({ languages: textsOf(propertyOf(said, 'languages')) });
      case 'TranslationVariableLanguages': {
        const languages = textsOf(propertyOf(said, 'languages'));
        return translationVariableLanguages(languages.length === 0 ? {} : { languages });
      }
      default:
        throw this.#refuse(field, said, path);
    }
  }

  #plain(field: Field, said: Json | undefined, path: string): AnyFeature {
    const { type, children } = field;
    const element = elementType(field);
    if (element !== undefined) return element === 'string' ? text() : (scalar(element) as AnyFeature);
    const [item] = children;
    switch (type.kind) {
      case 'list':
      case 'largeList':
        if (item === undefined) break;
        return sequence(this.#feature(item, itemOf(said), `${path}/item`) as never);
      case 'fixedSizeList': {
        if (item === undefined) break;
        const shape = this.#tensorShape(field, path);
        const dtype = elementType(innermost(field));
        if (shape !== undefined && dtype !== undefined) return tensor({ dtype, shape });
        return sequence(this.#feature(item, itemOf(said), `${path}/item`) as never, type.length);
      }
      case 'struct': {
        if (children.length === 0) break;
        // What was once Sequence({ a: ..., b: ... }) lies as a struct of lists.
        const inner = textOf(said, '_type') === 'Sequence' ? listsOf(propertyOf(said, 'feature')) : said;
        return record(this.fields(children, inner, path));
      }
      default:
    }
    throw this.#refuse(field, said, path);
  }

  /** Lists of fixed lengths around single values, none of which is null: the dimensions of a tensor. */
  #tensorShape(field: Field, path: string): readonly number[] | undefined {
    const { type, children } = field;
    if (type.kind !== 'fixedSizeList') return elementType(field) === undefined ? undefined : [];
    const [item] = children;
    if (item === undefined || this.#facts.nulls.has(`${path}/item`)) return undefined;
    const inner = this.#tensorShape(item, `${path}/item`);
    return inner && [type.length, ...inner];
  }

  #refuse(field: Field, said: Json | undefined, path: string): DatasetsError {
    const called = textOf(said, '_type');
    const type = called === undefined || called === 'Value' ? typeName(field) : `${called} of Hugging Face datasets`;
    return notAdoptable(
      `${this.#facts.file}: the column '${path}' has the type ${type}, which no feature has`,
      'Write it as numbers, text or bytes (a time as a count of microseconds, a decimal as text), or leave it out.',
      { file: this.#facts.file, field: path },
    );
  }
}

/** The type of a single value; undefined for what is none. */
function elementType({ type }: Field): ElementType | undefined {
  switch (type.kind) {
    case 'bool':
      return 'bool';
    case 'int':
      return `${type.signed ? '' : 'u'}int${type.bits}` as ElementType;
    case 'float':
      return `float${type.bits}` as ElementType;
    case 'utf8':
    case 'largeUtf8':
      return 'string';
    case 'binary':
    case 'largeBinary':
      return 'bytes';
    default:
      return undefined;
  }
}

function innermost(field: Field): Field {
  const [item] = field.children;
  return item === undefined ? field : innermost(item);
}

/** What is said of a list's element: `{ feature }`, or in an older notation `[feature]`. */
function itemOf(said: Json | undefined): Json | undefined {
  return Array.isArray(said) ? said[0] : propertyOf(said, 'feature');
}

function listsOf(said: Json | undefined): Json | undefined {
  if (!isObject(said)) return undefined;
  return Object.fromEntries(Object.entries(said).map(([name, feature]) => [name, { feature, _type: 'List' }]));
}
