export {
  type AudioDType,
  type AudioFileFeature,
  type AudioFileValue,
  type AudioSamplesFeature,
  audio,
} from './audio.js';
export { type BoundingBoxFeature, type BoundingBoxSides, boundingBox } from './bounding-box.js';
export { type ClassLabelFeature, classLabel } from './class-label.js';
export { definitionOf } from './define.js';
export type {
  AnyFeature,
  BoundingBoxFormat,
  Definition,
  Dimension,
  ImageDType,
  ImageEncoding,
  TensorEncoding,
} from './definition.js';
export type {
  ElementArrays,
  ElementInputs,
  ElementOutputs,
  ElementType,
  NestedArray,
  TensorInput,
  TensorValue,
} from './element-types.js';
export {
  type ImageFeature,
  type ImageInput,
  type ImageValue,
  image,
  type LabelledImageFeature,
  labelledImage,
  type Pixels,
} from './image.js';
export { leavesOf } from './leaves-of.js';
export { type OptionalFeature, optional } from './optional.js';
export { pickFields } from './pick-fields.js';
export { features, type RecordFeature, type RecordInput, type RecordOutput, record } from './record.js';
export { type ScalarFeature, scalar } from './scalar.js';
export { type DatasetFeature, dataset, type SequenceFeature, type SequenceOptions, sequence } from './sequence.js';
export { type TensorFeature, type TensorOptions, tensor } from './tensor.js';
export { type TextFeature, text } from './text.js';
export {
  type TranslationFeature,
  type TranslationVariableLanguagesFeature,
  translation,
  translationVariableLanguages,
  type VariableTranslations,
} from './translation.js';
export { type VideoFeature, video } from './video.js';
