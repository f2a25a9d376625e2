import type { Feature, FeatureDocumentation } from '../feature.js';
import type { Leaf } from '../leaf.js';
import type { ElementType } from './element-types.js';

/** Any feature, as generic code takes it. */
export type AnyFeature = Feature<never, unknown>;

export type Dimension = number | null;
export type TensorEncoding = 'none' | 'bytes' | 'zlib';
export type ImageEncoding = 'png' | 'jpeg';
export type ImageDType = 'uint8' | 'uint16' | 'float32';
/** tfds' BBoxFormat: corners (X before Y or Y before X) or a corner with width and height; REL_ is relative to the image's size, 0 to 1. */
export type BoundingBoxFormat = 'XYXY' | 'YXYX' | 'XYWH' | 'REL_XYXY' | 'REL_YXYX';

interface Common {
  readonly documentation: FeatureDocumentation;
  readonly leaves: readonly Leaf[];
}

export interface ScalarDefinition extends Common {
  readonly kind: 'scalar';
  readonly dtype: ElementType;
}
export interface TensorDefinition extends Common {
  readonly kind: 'tensor';
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
  readonly encoding: TensorEncoding;
}
export interface TextDefinition extends Common {
  readonly kind: 'text';
}
export interface ClassLabelDefinition extends Common {
  readonly kind: 'class-label';
  readonly count: number;
  readonly names: readonly string[] | undefined;
}
export interface ImageDefinition extends Common {
  readonly kind: 'image';
  /** Height, width, channels. */
  readonly shape: readonly Dimension[];
  readonly dtype: ImageDType;
  /** undefined: pixels become PNG, encoded images are kept as they come. */
  readonly encoding: ImageEncoding | undefined;
  /** Set for a labelled image: what its pixel values mean. */
  readonly labels: { readonly count: number; readonly names: readonly string[] | undefined } | undefined;
}
export interface BoundingBoxDefinition extends Common {
  readonly kind: 'bounding-box';
  readonly format: BoundingBoxFormat | null;
}
export interface SequenceDefinition extends Common {
  readonly kind: 'sequence' | 'dataset';
  readonly feature: Definition;
  readonly length: Dimension;
}
export interface RecordDefinition extends Common {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, Definition>>;
}
export interface OptionalDefinition extends Common {
  readonly kind: 'optional';
  readonly feature: Definition;
}
export interface AudioDefinition extends Common {
  readonly kind: 'audio';
  /** What is stored: samples, or the bytes of an audio file. */
  readonly stored: 'samples' | 'file';
  readonly dtype: 'int16' | 'int32' | 'int64' | 'float32';
  /** Frames, or frames and channels. */
  readonly shape: readonly Dimension[];
  readonly encoding: TensorEncoding;
  readonly fileFormat: string | undefined;
  readonly sampleRate: number | undefined;
}
export interface VideoDefinition extends Common {
  readonly kind: 'video';
  /** Frames, height, width, channels. */
  readonly shape: readonly Dimension[];
  readonly dtype: 'uint8' | 'uint16';
  readonly encoding: ImageEncoding;
}
export interface TranslationDefinition extends Common {
  readonly kind: 'translation';
  /** Sorted. */
  readonly languages: readonly string[];
}
export interface TranslationVariableLanguagesDefinition extends Common {
  readonly kind: 'translation-variable-languages';
  /** Sorted; undefined when any language may come. */
  readonly languages: readonly string[] | undefined;
}
/** A feature that an author still provides and that privacy keeps out of what is stored (see privacy/). */
export interface DroppedDefinition extends Common {
  readonly kind: 'dropped';
  readonly feature: Definition;
}
/** A scalar that privacy replaces on its way into the row. `feature` is what the author provides, `stored` what is kept of it. */
export interface ReplacedDefinition extends Common {
  readonly kind: 'masked' | 'pseudonymised';
  readonly feature: Definition;
  readonly stored: Definition;
  /** Not enumerable, so that it never lands in JSON or in an inspection: it may hold a secret. */
  readonly replace: (value: unknown) => unknown;
}

/** Every kind of feature: what the encoder, the decoder and the schema writers switch on. */
export type Definition =
  | ScalarDefinition
  | TensorDefinition
  | TextDefinition
  | ClassLabelDefinition
  | ImageDefinition
  | BoundingBoxDefinition
  | SequenceDefinition
  | RecordDefinition
  | OptionalDefinition
  | AudioDefinition
  | VideoDefinition
  | TranslationDefinition
  | TranslationVariableLanguagesDefinition
  | DroppedDefinition
  | ReplacedDefinition;
