import type { AudioFileValue, ImageValue, Pixels, VariableTranslations } from '../../features/index.js';

type Scalar = string | number | bigint | boolean | null | undefined | Date | ArrayBufferView;

/**
 * What a decoded value is as an element of a pipeline: a plain value that any stage may carry, and that the encoder of the same feature takes. Images, audio files and frames
 * of a video are the bytes of their files; images of float32 are pixels with their shape; translations are texts by language.
 */
export type PublishedValue<O> = O extends Scalar
  ? O
  : O extends ImageValue<'float32'>
    ? Pixels<'float32'>
    : O extends ImageValue | AudioFileValue
      ? Uint8Array
      : O extends VariableTranslations
        ? Readonly<Record<string, readonly string[]>>
        : O extends readonly (infer E)[]
          ? readonly PublishedValue<E>[]
          : { readonly [K in keyof O]: PublishedValue<O[K]> };

/** An example of a published version as an element of a pipeline, with some of its fields or all. */
export type PublishedExample<O, N extends string = string> = string extends N
  ? PublishedValue<O>
  : PublishedValue<Pick<O, N & keyof O>>;
