import { DatasetsError } from '../../core/errors/index.js';
import type { ImageDefinition } from '../declare/definition.js';
import type { ImageValue, Pixels } from '../declare/image.js';
import { adaptChannels, adaptDepth } from '../images/adapt-pixels.js';
import { imageFormat, inspectImage } from '../images/inspect-image.js';
import { decodePng } from '../images/png-decoder.js';
import { decodeJpeg } from '../images/sharp.js';

export type ImageShape = Pick<ImageDefinition, 'shape' | 'dtype'>;

/** An image of a decoded example. Its header is read when its shape is asked for, its pixels are decoded when they are. */
export class EncodedImage implements ImageValue {
  readonly encoded: Uint8Array;
  readonly encoding: ImageValue['encoding'];
  readonly #image: ImageShape;
  #data: Pixels['data'] | undefined;
  #shape: readonly number[] | undefined;

  /** @param prepared pixels that were decoded in advance, in the channels of the schema */
  constructor(encoded: Uint8Array, image: ImageShape, prepared: Uint8Array | undefined) {
    this.encoded = encoded;
    this.encoding = imageFormat(encoded);
    this.#image = image;
    this.#data = prepared;
  }

  get shape(): readonly number[] {
    this.#shape ??= this.#readShape();
    return this.#shape;
  }

  get data(): Pixels['data'] {
    this.#data ??= this.#decode();
    return this.#data;
  }

  async pixels(): Promise<Pixels> {
    if (this.encoding === 'jpeg') this.#data ??= await decodeJpeg(this.encoded, this.#channels);
    return { data: this.data, shape: this.shape };
  }

  get #channels(): number {
    return this.#image.shape[2] ?? 0;
  }

  #readShape(): readonly number[] {
    const header = inspectImage(this.encoded);
    if (header === undefined) throw this.#undecodable();
    return [header.height, header.width, this.#channels];
  }

  #decode(): Pixels['data'] {
    if (this.encoding !== 'png') throw this.#undecodable();
    const { data, channels } = decodePng(this.encoded);
    if (this.#image.dtype === 'float32') return floatsOf(data, channels);
    return adaptChannels(adaptDepth(data, this.#image.dtype), channels, this.#channels);
  }

  #undecodable(): DatasetsError {
    if (this.encoding === 'jpeg') {
      return new DatasetsError('UNSUPPORTED', 'a JPEG image is not decoded at once', {
        hint: "Use `await image.pixels()`, or the decoder's `prepare(batch)` for all images of a batch.",
      });
    }
    return new DatasetsError('UNSUPPORTED', `an image of format ${this.encoding} is not decoded here`, {
      hint: 'Take `encoded` and decode it with another library.',
    });
  }
}

/** A float32 image has the bits of each float in the four channels of a pixel. */
function floatsOf(data: Uint8Array | Uint16Array, channels: number): Float32Array {
  if (data instanceof Uint8Array && channels === 4) return new Float32Array(data.slice().buffer);
  throw new DatasetsError(
    'DATA_CORRUPT',
    `a float32 image is stored in 4 channels of 8 bits, this one has ${channels}`,
    {
      hint: 'The file and its schema disagree.',
    },
  );
}
