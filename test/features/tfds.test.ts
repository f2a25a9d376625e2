import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { featuresFromJson, toFeaturesJson } from '../../src/features/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { comparable, type FeatureCase, type FeatureValue, featureCases } from './feature-cases.js';
import { decodeExamples, decodeRows, encodeRows, examplesOf, schemaAround } from './round-trip.js';

const around = (value: unknown) => ({ Before: 7, value, after: -7 });
const outputOf = (value: FeatureValue) => ('output' in value ? value.output : value.input);
const stockOf = (value: FeatureValue) => ('stock' in value ? value.stock : outputOf(value));
const examplesFor = ({ values }: FeatureCase) => values.map(({ input }) => around(input));

const expressionOf = ({ tfds }: FeatureCase) =>
  `F.FeaturesDict({'value': ${tfds}, 'after': np.int32, 'Before': np.int32})`.replaceAll('F.', 'tfds.features.');
const forTfds = ({ values }: FeatureCase) =>
  values.map((value) => around('python' in value ? value.python : value.input));

describe('every feature', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-features-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

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
        const call = { examples: forTfds(one), expression: expressionOf(one) };
        const theirs = await oracle.call('tfds.encode_examples', call);
        assert.deepEqual(records, theirs);
      }
      const decoded = await oracle.call('tfds.decode_examples', { records, json: toFeaturesJson(schema) });
      assert.deepEqual(
        (plain(decoded) as unknown[]).map(comparable),
        one.values.map((value) => comparable(around(stockOf(value)))),
      );
    });

    // What is optional here is declared otherwise in tfds, and reads otherwise.
    if (one.ownBytes === true || JSON.stringify(one.feature).includes('"optional"')) continue;
    it(`${name}: is read from the directory that tfds wrote`, async function () {
      const oracle = requireOracle(this);
      const expression = expressionOf(one);
      await oracle.call('tfds.write_features', { directory: folder, expression });
      const stored = featuresFromJson(JSON.parse(readFileSync(join(folder, 'features.json'), 'utf8')), () => undefined);
      const records = (await oracle.call('tfds.encode_examples', {
        examples: forTfds(one),
        expression,
      })) as Uint8Array[];
      const expected = one.values.map((value) => comparable(around(outputOf(value))));
      assert.deepEqual(decodeExamples(stored, records).map(comparable), expected);
    });
  }
});
