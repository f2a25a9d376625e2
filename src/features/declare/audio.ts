import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import type { AnyFeature, AudioDefinition, Dimension, TensorEncoding } from './definition.js';
import { checkShape, documentationOf } from './documentation.js';
import type { TensorInput, TensorValue } from './element-types.js';
import { invalidFeature } from './invalid-feature.js';
import { checkTensorEncoding } from './tensor.js';

export type AudioDType = AudioDefinition['dtype'];

export interface AudioSamplesOptions<D extends AudioDType> extends FeatureDocumentation {
  /** Samples a second and channel. */
  readonly sampleRate?: number;
  readonly dtype?: D;
  /** `[null]` for one channel (the default), `[null, 2]` for frames of two. */
  readonly shape?: readonly Dimension[];
  readonly encoding?: TensorEncoding;
}

export interface AudioFileOptions extends FeatureDocumentation {
  /** The format of the files that are stored as they are: `wav`, `flac`, `mp3`, ... */
  readonly fileFormat: string;
  readonly sampleRate?: number;
  /** dtype and shape that stock tfds decodes the files to. */
  readonly dtype?: AudioDType;
  readonly shape?: readonly Dimension[];
}

export interface AudioSamplesFeature<D extends AudioDType> extends Feature<TensorInput<D>, TensorValue<D>> {
  readonly kind: 'audio';
  readonly stored: 'samples';
  readonly sampleRate: number | undefined;
}

export interface AudioFileFeature extends Feature<Uint8Array | { readonly path: string | URL }, AudioFileValue> {
  readonly kind: 'audio';
  readonly stored: 'file';
  readonly fileFormat: string;
  readonly sampleRate: number | undefined;
}

/** An audio file as a reader gets it. */
export interface AudioFileValue {
  readonly encoded: Uint8Array;
  readonly fileFormat: string;
}

/**
 * Sound; tfds' `Audio`. With a `fileFormat`, whole audio files are stored (tfds' `lazy_decode=True`; HF's `Audio`, whose bytes they are); without, samples are
 * stored as a tensor.
 *
 * @throws {DatasetsError} FEATURE_INVALID for a shape or a rate that audio can't have
 * @example
 * ```ts
 * const schema = features({
 *   word: audio({ fileFormat: 'wav', sampleRate: 16000 }),
 *   samples: audio({ dtype: 'int16', sampleRate: 16000, unit: 'PCM level' }),
 * });
 * const example: InputOf<typeof schema> = { word: { path: '/data/yes.wav' }, samples: new Int16Array(16000) };
 * ```
 */
export function audio(options: AudioFileOptions): AudioFileFeature;
export function audio<const D extends AudioDType = 'int64'>(options?: AudioSamplesOptions<D>): AudioSamplesFeature<D>;
export function audio(options: Partial<AudioFileOptions> & AudioSamplesOptions<AudioDType> = {}): AnyFeature {
  const { fileFormat, sampleRate, dtype = 'int64', encoding = 'none' } = options;
  const shape = checkShape(options.shape ?? [null], 'audio');
  if (shape.length !== 1 && shape.length !== 2) {
    throw invalidFeature(
      `audio: shape must be [frames] or [frames, channels], got [${shape.map(String).join(', ')}]`,
      'Write [null] for one channel, [null, 2] for two.',
    );
  }
  if (!['int16', 'int32', 'int64', 'float32'].includes(dtype)) {
    throw invalidFeature(
      `audio: unknown dtype ${JSON.stringify(dtype)}`,
      'The dtypes are: int16, int32, int64, float32.',
    );
  }
  if (sampleRate !== undefined && !(Number.isSafeInteger(sampleRate) && sampleRate > 0)) {
    throw invalidFeature(
      `audio: sampleRate must be a whole number above 0, got ${String(sampleRate)}`,
      'Give it in Hz.',
    );
  }
  checkTensorEncoding(encoding, dtype, shape, 'audio');
  const stored = fileFormat === undefined ? 'samples' : 'file';
  if (stored === 'file' && encoding !== 'none') {
    throw invalidFeature("audio: files are stored as they are, so encoding can't be set", 'Leave encoding out.');
  }
  return define({
    kind: 'audio',
    stored,
    dtype,
    shape,
    encoding,
    fileFormat,
    sampleRate,
    documentation: documentationOf(options, 'audio', stored === 'samples'),
  });
}
