import { DatasetsError } from '../../core/errors/index.js';

type Samples = Uint8Array | Uint16Array;

/** 8 and 16 bits into each other as TensorFlow does: the high byte, or that byte twice. */
export function adaptDepth(data: Samples, dtype: 'uint8' | 'uint16'): Samples {
  if (dtype === 'uint8') return data instanceof Uint8Array ? data : Uint8Array.from(data, (value) => value >>> 8);
  return data instanceof Uint16Array ? data : Uint16Array.from(data, (value) => value * 0x101);
}

/**
 * Pixels in other channels, as TensorFlow decodes a file into the channels asked for: grey is repeated, alpha is dropped or added as opaque.
 *
 * @throws {DatasetsError} UNSUPPORTED for colours to be made grey: libraries differ in the weights
 */
export function adaptChannels(data: Samples, from: number, to: number): Samples {
  if (from === to) return data;
  if (from >= 3 && to < 3) {
    throw new DatasetsError('UNSUPPORTED', `an image of ${from} channels is not made into one of ${to}`, {
      hint: 'Take `encoded` and decode it with another library, or declare the image with its own channels.',
    });
  }
  const pixels = data.length / from;
  const adapted = data instanceof Uint8Array ? new Uint8Array(pixels * to) : new Uint16Array(pixels * to);
  const opaque = data instanceof Uint8Array ? 0xff : 0xffff;
  const colours = from < 3 ? 1 : 3;
  const adaptedColours = to < 3 ? 1 : 3;
  const [hasAlpha, wantsAlpha] = [from % 2 === 0, to % 2 === 0];
  for (let pixel = 0; pixel < pixels; pixel++) {
    const source = pixel * from;
    const target = pixel * to;
    for (let colour = 0; colour < adaptedColours; colour++) {
      adapted[target + colour] = data[source + Math.min(colour, colours - 1)] ?? 0;
    }
    if (wantsAlpha) adapted[target + to - 1] = hasAlpha ? (data[source + from - 1] ?? opaque) : opaque;
  }
  return adapted;
}
