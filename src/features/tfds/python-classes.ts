const core = 'tensorflow_datasets.core.features';

/** tfds' class for each kind of feature, as features.json names it. */
export const pythonClasses = {
  record: `${core}.features_dict.FeaturesDict`,
  sequence: `${core}.sequence_feature.Sequence`,
  dataset: `${core}.dataset_feature.Dataset`,
  scalar: `${core}.scalar.Scalar`,
  tensor: `${core}.tensor_feature.Tensor`,
  text: `${core}.text_feature.Text`,
  classLabel: `${core}.class_label_feature.ClassLabel`,
  image: `${core}.image_feature.Image`,
  labelledImage: `${core}.labeled_image.LabeledImage`,
  boundingBox: `${core}.bounding_boxes.BBoxFeature`,
  audio: `${core}.audio_feature.Audio`,
  video: `${core}.video_feature.Video`,
  translation: `${core}.translation_feature.Translation`,
  translationVariableLanguages: `${core}.translation_feature.TranslationVariableLanguages`,
} as const;

/** Names that older releases of tfds wrote (the `ALIASES` of its classes). */
export const pythonAliases: Readonly<Record<string, string>> = {
  [`${core}.feature.Tensor`]: pythonClasses.tensor,
  [`${core}.bounding_boxes.BBox`]: pythonClasses.boundingBox,
};
