import { readFileSync } from 'node:fs';
import { DatasetsError } from '../../core/errors/index.js';
import type { ImageDefinition } from '../declare/definition.js';
import { type ImageHeader, imageFormat, inspectImage } from '../images/inspect-image.js';
import { encodePng } from '../images/png-encoder.js';
import { encodeJpeg } from '../images/sharp.js';
import type { FieldSite } from './field-site.js';

type Image = Pick<ImageDefinition, 'shape' | 'dtype' | 'encoding' | 'labels'>;

interface CheckedPixels {
  readonly data: Uint8Array | Uint16Array | Float32Array;
  readonly height: number;
  readonly width: number;
}

const pixelArrays = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array } as const;

/** Turns what an author may write for an image (declare/image.ts, `ImageInput`) into the bytes of an image file. */
export class ImageConversion {
  readonly #image: Image;
  readonly #site: FieldSite;
  readonly #channels: number;
  /** How many values an image has, where height and width are known. */
  readonly #size: number | undefined;
  readonly #expected: string;

  constructor(image: Image, site: FieldSite) {
    const [height = null, width = null, channels = null] = image.shape;
    this.#image = image;
    this.#site = site;
    this.#channels = channels ?? 0;
    this.#size = height === null || width === null ? undefined : height * width * this.#channels;
    const shape = image.shape.map((dimension) => dimension ?? 'any').join(', ');
    this.#expected = `an image of shape [${shape}] (${image.dtype} pixels, ${image.encoding ?? 'png or jpeg'} bytes, or a path)`;
  }

  /** Bytes of an image file, as a `Convert`. */
  readonly toBytes = (value: unknown, index: number): Uint8Array => {
    const pixels = this.#pixelsOf(value, index);
    if (pixels === undefined) return this.#encodedOf(value, index);
    if (this.#image.encoding === 'jpeg')
      return this.#site.fail('pixels for a JPEG were not prepared', { index, hint: prepareHint });
    return this.#toPng(pixels);
  };

  /** Encodes what can't be encoded at once: pixels that are to be a JPEG. Everything else comes back as it is. */
  async prepare(value: unknown): Promise<unknown> {
    if (this.#image.encoding !== 'jpeg') return value;
    const pixels = this.#pixelsOf(value, 0);
    if (pixels === undefined) return value;
    return encodeJpeg(pixels.data as Uint8Array, pixels.height, pixels.width, this.#channels === 1 ? 1 : 3);
  }

  #toPng({ data, height, width }: CheckedPixels): Uint8Array {
    if (data instanceof Float32Array) {
      // The bits of a float are stored as the four channels of a pixel (image_feature.py `_FloatImageEncoder`); no filter suits them.
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return encodePng({ data: bytes, height, width, channels: 4 }, false);
    }
    return encodePng({ data, height, width, channels: this.#channels }, this.#image.labels === undefined);
  }

  /** Pixels, when the value is pixels. */
  #pixelsOf(value: unknown, index: number): CheckedPixels | undefined {
    if (value instanceof Uint8Array) {
      return value.length === this.#size && inspectImage(value) === undefined
        ? this.#shaped(value, this.#image.shape, index)
        : undefined;
    }
    if (ArrayBuffer.isView(value)) return this.#shaped(value, this.#image.shape, index);
    if (typeof value !== 'object' || value === null || !('data' in value)) return undefined;
    const { data, shape } = value as { data: unknown; shape?: unknown };
    return this.#shaped(data, Array.isArray(shape) ? shape : this.#image.shape, index);
  }

  #shaped(data: unknown, shape: readonly unknown[], index: number): CheckedPixels {
    const array = pixelArrays[this.#image.dtype];
    if (!(data instanceof array)) {
      return this.#site.reject(data, this.#expected, { index, hint: `Give pixels as a ${array.name}.` });
    }
    const [height, width, channels] = shape;
    const fits = shape.length === 3 && shape.every((dimension, axis) => this.#fits(dimension, axis));
    if (!fits || typeof height !== 'number' || typeof width !== 'number' || typeof channels !== 'number') {
      const reason = shape.includes(null) ? 'its height and width are not known' : `its shape is [${shape.join(', ')}]`;
      return this.#site.reject(data, this.#expected, {
        index,
        reason,
        hint: 'Give { data, shape: [height, width, channels] }.',
      });
    }
    const size = height * width * channels;
    if (size === 0 || size !== data.length) {
      this.#site.reject(data, this.#expected, { index, reason: `[${shape.join(', ')}] means ${size} values` });
    }
    return { data, height, width };
  }

  #fits(dimension: unknown, axis: number): boolean {
    const declared = this.#image.shape[axis];
    return Number.isSafeInteger(dimension) && (declared === null || declared === dimension);
  }

  #encodedOf(value: unknown, index: number): Uint8Array {
    const bytes = value instanceof Uint8Array ? value : readImageFile(value, this.#site, index, this.#expected);
    if (this.#image.dtype === 'float32') {
      this.#site.reject(value, this.#expected, { index, reason: 'a float32 image is made from pixels only' });
    }
    const { encoding } = this.#image;
    const format = imageFormat(bytes);
    if (format === 'unknown' || (encoding !== undefined && format !== encoding)) {
      const hint = encoding === undefined ? undefined : 'Leave the encoding out to store PNG and JPEG as they come.';
      this.#site.reject(value, this.#expected, {
        index,
        reason: `its bytes are ${format === 'unknown' ? 'no image' : `a ${format.toUpperCase()}`}`,
        hint,
      });
    }
    if (format === 'png' || format === 'jpeg') this.#checkHeader(inspectImage(bytes), value, index);
    return bytes;
  }

  #checkHeader(header: ImageHeader | undefined, value: unknown, index: number): void {
    const reason = header === undefined ? 'its header is damaged' : this.#headerProblem(header);
    if (reason !== undefined) this.#site.reject(value, this.#expected, { index, reason });
  }

  #headerProblem({ height, width, channels, bitDepth }: ImageHeader): string | undefined {
    if (!this.#fits(height, 0) || !this.#fits(width, 1)) return `it is ${height} high and ${width} wide`;
    // Grey becomes RGB, alpha is added or dropped when it is decoded, here as in TensorFlow; colours are not made grey.
    if (channels >= 3 && this.#channels < 3) return `it has ${channels} channels`;
    const wanted = this.#image.dtype === 'uint16' ? 16 : 8;
    return (bitDepth === 16) === (wanted === 16) ? undefined : `it has ${bitDepth} bits a channel`;
  }
}

const prepareHint = 'Pass the example through the encoder first: await encoder.prepare(example).';

/** The bytes of `{ path }`. */
export function readImageFile(value: unknown, site: FieldSite, index: number, expected: string): Uint8Array {
  const path: unknown = (value as { path?: unknown } | null | undefined)?.path;
  if (typeof path !== 'string' && !(path instanceof URL)) return site.reject(value, expected, { index });
  try {
    return readFileSync(path);
  } catch (cause) {
    const shown = site.isPrivate ? 'the file' : String(path);
    throw new DatasetsError('EXAMPLE_INVALID', `${site.pathOf(index)}: can't read ${shown}`, {
      cause,
      hint: 'Give an absolute path, or a URL made from import.meta.url.',
      at: { field: site.pathOf(index), ...(site.isPrivate ? {} : { file: String(path) }) },
    });
  }
}
