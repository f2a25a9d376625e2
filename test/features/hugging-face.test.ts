import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyFeature,
  arrowShapeOf,
  createDecoder,
  leavesOf,
  toHuggingFaceFeatures,
} from '../../src/features/index.js';
import { type ArrowSchema, createArrowRowWriter, createFileSink, openArrow } from '../../src/formats/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { comparable, featureCases } from './feature-cases.js';
import { decodeRows, encodeRows, schemaAround } from './round-trip.js';

const arrowSchema = (schema: AnyFeature): ArrowSchema => ({
  root: arrowShapeOf(schema),
  leaves: leavesOf(schema),
  metadata: { huggingface: JSON.stringify({ info: { features: toHuggingFaceFeatures(schema) } }) },
});

/**
 * An example of ours as HF datasets gives it: the files of images and audio in place of pixels, tensors as lists, encoded tensors as their bytes (not
 * compared: tfds' test has shown what they hold).
 */
function asHuggingFace(value: unknown, feature: AnyFeature): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if ('encoded' in value) return { bytes: value.encoded, path: null };
  if ('data' in value && 'dtype' in feature && feature.dtype === 'bool')
    return { ...value, data: Array.from(value.data as Uint8Array, Boolean) };
  if ('data' in value) return value;
  if (Array.isArray(value)) return value.map((item) => asHuggingFace(item, feature));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asHuggingFace(item, feature)]));
}

describe('in Arrow, every feature', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-features-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function write(name: string, schema: AnyFeature, examples: readonly unknown[]): Promise<string> {
    const path = join(folder, `${name}.arrow`);
    const file = createFileSink(path);
    const writer = createArrowRowWriter(arrowSchema(schema), file.write);
    const { arena, starts } = encodeRows(schema, examples);
    writer.appendRows(arena.view, arena.bytes, starts, 0, starts.length);
    writer.close();
    await file.close();
    return path;
  }

  for (const [name, { feature, values }] of Object.entries(featureCases)) {
    const schema = schemaAround(feature);
    const examples = values.map(({ input }) => ({ Before: 7, value: input, after: -7 }));

    it(`${name}: comes back as it was written`, async () => {
      const bytes = readFileSync(await write(name, schema, examples));
      const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
      const decoded: unknown[] = [];
      for await (const batch of await openArrow({ bytes: bytes.length, read }, arrowSchema(schema), name)) {
        const rows = createDecoder(schema).rows(batch);
        for (let row = 0; row < rows.length; row++) decoded.push(comparable(rows.get(row)));
      }
      assert.deepEqual(decoded, decodeRows(schema, encodeRows(schema, examples)).map(comparable));
    });

    it(`${name}: is read by HF datasets with its features`, async function () {
      const oracle = requireOracle(this);
      const file = await write(name, schema, examples);
      const read = (await oracle.call('hf.from_file', { file, decode: false })) as {
        rows: unknown;
        features_dict: unknown;
      };
      const encoded = JSON.stringify(toHuggingFaceFeatures(schema)).includes('"binary"');
      const expected = decodeRows(schema, encodeRows(schema, examples)).map((example) =>
        comparable(asHuggingFace(example, feature)),
      );
      const rows = (plain(read.rows) as unknown[]).map(comparable);
      if (encoded && name !== 'raw bytes') assert.equal(rows.length, expected.length);
      else assert.deepEqual(rows, expected);
      const described = (await oracle.call('hf.from_file', { file, limit: 0 })) as { features_dict: unknown };
      const meant = (await oracle.call('hf.features', { json: toHuggingFaceFeatures(schema) })) as { json: unknown };
      assert.deepEqual(described.features_dict, meant.json, 'the metadata was taken, not dropped');
    });
  }
});
