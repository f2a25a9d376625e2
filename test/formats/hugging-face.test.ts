import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyFeature, createDecoder, toHuggingFaceFeatures } from '../../src/features/index.js';
import { arrowSchemaOf, createArrowRowWriter, createFileSink, openArrow } from '../../src/formats/index.js';
import { comparable, type FeatureCase, featureCases } from '../features/feature-cases.js';
import { decodeRows, encodeRows, schemaAround } from '../features/round-trip.js';
import { plain, requireOracle } from '../oracle/index.js';

const around = (value: unknown) => ({ Before: 7, value, after: -7 });

async function writeFile(path: string, schema: AnyFeature, one: FeatureCase): Promise<void> {
  const { arena, starts } = encodeRows(schema, examplesOf(one));
  const file = createFileSink(path);
  const writer = createArrowRowWriter(arrowSchemaOf(schema), file.write);
  writer.appendRows(arena.view, arena.bytes, starts, 0, starts.length);
  writer.close();
  await file.close();
}

async function readFile(path: string, schema: AnyFeature): Promise<unknown[]> {
  const bytes = readFileSync(path);
  const source = {
    bytes: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const decoder = createDecoder(schema);
  const examples: unknown[] = [];
  for await (const batch of await openArrow(source, arrowSchemaOf(schema), path)) {
    await decoder.prepare?.(batch);
    const rows = decoder.rows(batch);
    for (let row = 0; row < rows.length; row++) examples.push(rows.get(row));
  }
  return examples;
}

/** Our decoder turns these back into tensors and frames; Hugging Face shows what is stored. */
const storedEncoded = /as bytes|compressed|encoded tensors|video|optional tensor of any length/;

/** A decoded value as Hugging Face shows it with `decode=False`. */
function asStored(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(asStored);
  if ('encoded' in value) return { bytes: value.encoded, path: null };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asStored(item)]));
}

/** Features without the switches that the oracle sets so that media stay as they are stored. */
function withoutDecode(features: unknown): unknown {
  return JSON.parse(JSON.stringify(features, (key, value) => (key === 'decode' ? undefined : value)));
}

describe('every feature in an Arrow stream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hugging-face-test-'));
  const path = join(folder, 'data.arrow');
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, one] of Object.entries(featureCases)) {
    const schema = schemaAround(one.feature);
    const expected = () => decodeRows(schema, encodeRows(schema, examplesOf(one)));

    it(`${name}: comes back as it was written`, async () => {
      await writeFile(path, schema, one);
      assert.deepEqual((await readFile(path, schema)).map(comparable), expected().map(comparable));
    });

    it(`${name}: is opened by Hugging Face datasets, features and values`, async function () {
      const oracle = requireOracle(this);
      await writeFile(path, schema, one);
      const opened = (await oracle.call('hf.from_file', { file: path, decode: false })) as Opened;
      assert.deepEqual(withoutDecode(opened.features_dict), toHuggingFaceFeatures(schema));
      assert.equal(opened.rows.length, one.values.length);
      if (storedEncoded.test(name)) return;
      const rows = (plain(opened.rows) as unknown[]).map(asStored);
      assert.deepEqual(rows.map(comparable), expected().map(asStored).map(comparable));
    });
  }

  it('shows images decoded, as the metadata says', async function () {
    const oracle = requireOracle(this);
    const one = featureCases['an image from pixels'] ?? assert.fail('no such case');
    const schema = schemaAround(one.feature);
    await writeFile(path, schema, one);
    const opened = (await oracle.call('hf.from_file', { file: path })) as Opened;
    for (const [i, row] of opened.rows.entries()) {
      const { pixels } = (row as { value: { pixels: { data: Uint8Array } } }).value;
      const ours = expectedImage(schema, one, i);
      assert.deepEqual([...pixels.data], [...ours]);
    }
  });
});

interface Opened {
  readonly rows: readonly unknown[];
  readonly features_dict: unknown;
}

function examplesOf(one: FeatureCase): readonly unknown[] {
  return one.values.map(({ input }) => around(input));
}

function expectedImage(schema: AnyFeature, one: FeatureCase, row: number): Uint8Array {
  const example = decodeRows(schema, encodeRows(schema, examplesOf(one)))[row];
  return (example as { value: { data: Uint8Array } }).value.data;
}
