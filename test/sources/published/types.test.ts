import assert from 'node:assert/strict';
import { Mnist } from '../../../datasets/image_classification/mnist/builder.js';
import { ProductB } from '../../../datasets/products/product_b/builder.js';
import { type ElementOf, published } from '../../../src/sources/index.js';

describe('the element of a published version', () => {
  it('is typed by the name or the class, and by the fields that are read', () => {
    const byName = published('product_b:1.*.*', { split: 'train', fields: ['delay', 'origin'] });
    const flight: ElementOf<typeof byName> = { delay: 61n, origin: 'OAK' };
    const byClass = published(ProductB, { version: '1.0.0' });
    const whole: ElementOf<typeof byClass> = { date: 0n, delay: 61n, distance: 5n, origin: 'OAK', destination: 'SFO' };
    // @ts-expect-error the field is not read
    const missing = (row: ElementOf<typeof byName>) => row.distance;
    const images = published(Mnist);
    const digit: ElementOf<typeof images> = { image: new Uint8Array(3), label: 7 };
    // @ts-expect-error an image is the bytes of its file
    const pixels: ElementOf<typeof images> = { image: { data: new Uint8Array(784), shape: [28, 28, 1] }, label: 7 };
    assert.equal(byClass.description, 'published(product_b:1.0.0 all)');
    assert.deepEqual([flight.delay, whole.distance, digit.label, pixels.label], [61n, 5n, 7, 7]);
    assert.equal(missing({ ...flight, distance: 5n } as never), 5n);
  });
});
