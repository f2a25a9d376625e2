import assert from 'node:assert/strict';
import { toFeaturesJson } from '../../src/features/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { comparable, type FeatureCase, type FeatureValue, featureCases } from './feature-cases.js';
import { decodeExamples, decodeRows, encodeRows, examplesOf, schemaAround } from './round-trip.js';

const around = (value: unknown) => ({ Before: 7, value, after: -7 });
const outputOf = (value: FeatureValue) => ('output' in value ? value.output : value.input);
const stockOf = (value: FeatureValue) => ('stock' in value ? value.stock : outputOf(value));
const examplesFor = ({ values }: FeatureCase) => values.map(({ input }) => around(input));

describe('every feature', () => {
  for (const [name, one] of Object.entries(featureCases)) {
    const schema = schemaAround(one.feature);

    it(`${name}: comes back from rows and from tf.Examples as it was written`, () => {
      const rows = encodeRows(schema, examplesFor(one));
      const expected = one.values.map((value) => comparable(around(outputOf(value))));
      assert.deepEqual(decodeRows(schema, rows).map(comparable), expected);
      assert.deepEqual(decodeExamples(schema, examplesOf(schema, rows)).map(comparable), expected);
    });

    it(`${name}: has the tf.Example that tfds writes, and is read by stock tfds`, async function () {
      const oracle = requireOracle(this);
      const records = examplesOf(schema, encodeRows(schema, examplesFor(one)));
      if (one.ownBytes !== true) {
        const expression = `F.FeaturesDict({'value': ${one.tfds}, 'after': np.int32, 'Before': np.int32})`;
        const examples = one.values.map((value) => around('python' in value ? value.python : value.input));
        const theirs = await oracle.call('tfds.encode_examples', {
          examples,
          expression: expression.replaceAll('F.', 'tfds.features.'),
        });
        assert.deepEqual(records, theirs);
      }
      const decoded = await oracle.call('tfds.decode_examples', { records, json: toFeaturesJson(schema) });
      assert.deepEqual(
        (plain(decoded) as unknown[]).map(comparable),
        one.values.map((value) => comparable(around(stockOf(value)))),
      );
    });
  }
});
