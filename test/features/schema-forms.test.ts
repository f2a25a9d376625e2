import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyPrivacy,
  audio,
  boundingBox,
  classLabel,
  dataset,
  features,
  featuresFromJson,
  image,
  labelledImage,
  leavesOf,
  namesFiles,
  optional,
  record,
  scalar,
  schemaFromJson,
  schemaToJson,
  secretsOfEnvironment,
  sequence,
  tensor,
  text,
  toFeaturesJson,
  toHuggingFaceFeatures,
  translation,
  translationVariableLanguages,
  video,
} from '../../src/features/index.js';
import { plain, requireOracle } from '../oracle/index.js';

/** Each feature beside the tfds expression that means the same. */
const pairs = {
  whole: [scalar('int64', { description: 'd' }), "F.Scalar(np.int64, doc='d')"],
  bytes: [scalar('bytes'), 'F.Scalar(np.object_)'],
  maybe: [optional(scalar('float64')), 'F.Scalar(np.float64, optional=True)'],
  note: [optional(text()), 'F.Scalar(np.object_, optional=True)'],
  grid: [tensor({ dtype: 'float32', shape: [2, null] }), 'F.Tensor(shape=(2, None), dtype=np.float32)'],
  packed: [
    tensor({ dtype: 'uint8', shape: [null, null], encoding: 'zlib' }),
    "F.Tensor(shape=(None, None), dtype=np.uint8, encoding='zlib')",
  ],
  title: [text(), 'F.Text()'],
  counted: [classLabel({ count: 5 }), 'F.ClassLabel(num_classes=5)'],
  named: [classLabel({ names: ['a', 'b'] }), "F.ClassLabel(names=['a', 'b'])"],
  digit: [image({ shape: [28, 28, 1], encoding: 'png' }), "F.Image(shape=(28, 28, 1), encoding_format='png')"],
  photo: [image(), 'F.Image()'],
  mask: [labelledImage({ labels: ['x', 'y'] }), "F.LabeledImage(labels=['x', 'y'], shape=(None, None, 1))"],
  box: [boundingBox(), 'F.BBoxFeature()'],
  corner: [boundingBox({ format: 'XYXY' }), "F.BBoxFeature(bbox_format='XYXY')"],
  tags: [sequence(text()), 'F.Sequence(F.Text())'],
  steps: [
    sequence(record({ a: text(), n: classLabel({ names: ['q'] }) }), 3),
    "F.Sequence({'a': F.Text(), 'n': F.ClassLabel(names=['q'])}, length=3)",
  ],
  episode: [dataset(record({ r: scalar('float32') })), "F.Dataset({'r': F.Scalar(np.float32)})"],
  nested: [record({ x: scalar('bool') }), "F.FeaturesDict({'x': F.Scalar(np.bool_)})"],
  sound: [audio({ dtype: 'int16', sampleRate: 16000 }), 'F.Audio(dtype=np.int16, sample_rate=16000)'],
  file: [audio({ fileFormat: 'wav' }), "F.Audio(file_format='wav', lazy_decode=True)"],
  clip: [video({ shape: [null, 8, 8, 3] }), 'F.Video(shape=(None, 8, 8, 3))'],
  words: [translation({ languages: ['en', 'fr'] }), "F.Translation(languages=['en', 'fr'])"],
  phrases: [translationVariableLanguages(), 'F.TranslationVariableLanguages()'],
  half: [tensor({ dtype: 'float16', shape: [3] }), 'F.Tensor(shape=(3,), dtype=np.float16)'],
} as const;

const schema = features(Object.fromEntries(Object.entries(pairs).map(([name, [feature]]) => [name, feature])));

describe('a schema as JSON', () => {
  it("is tfds' own features.json, label files included", async function () {
    const oracle = requireOracle(this);
    const fields = Object.entries(pairs).map(([name, [, python]]) => `'${name}': ${python}`);
    const directory = await mkdtemp(join(tmpdir(), 'ailab-features-'));
    try {
      const expression = `F.FeaturesDict({${fields.join(', ')}})`.replaceAll('F.', 'tfds.features.');
      await oracle.call('tfds.write_features', { directory, expression });
      const files = namesFiles(schema).map(({ fileName }) => fileName);
      assert.deepEqual((await readdir(directory)).sort(), [...files, 'features.json'].sort());
      assert.deepEqual(toFeaturesJson(schema), JSON.parse(await readFile(join(directory, 'features.json'), 'utf8')));
      for (const { fileName, names } of namesFiles(schema)) {
        assert.equal(`${names.join('\n')}\n`, await readFile(join(directory, fileName), 'utf8'));
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("is read back from tfds' form", () => {
    const names = new Map(namesFiles(schema).map((file) => [file.fileName, file.names]));
    const read = featuresFromJson(toFeaturesJson(schema), (file) => names.get(file));
    assert.deepEqual(toFeaturesJson(read), toFeaturesJson(schema));
    assert.deepEqual(
      leavesOf(read).map(({ key, dtype, shape, sequences }) => ({ key, dtype, shape, sequences })),
      leavesOf(schema).map(({ key, dtype, shape, sequences }) => ({ key, dtype, shape, sequences })),
    );
  });

  it('names a tfds class that it does not know', () => {
    const json = { pythonClassName: 'my.own.Feature', jsonFeature: { json: '{}' } };
    assert.throws(() => featuresFromJson(json, () => undefined), { code: 'UNSUPPORTED', message: /my\.own\.Feature/ });
  });

  it('names a features.json of an old tfds as such', () => {
    const json = { type: 'tensorflow_datasets.core.features.features_dict.FeaturesDict', content: {}, proto_cls: 'x' };
    assert.throws(() => featuresFromJson(json, () => undefined), {
      code: 'UNSUPPORTED',
      message: /old release of tfds/,
    });
  });

  it('keeps everything in its own form, in the order of declaration', () => {
    const full = features({ z: scalar('int8', { range: [-3, 4] }), ...schema.fields, a: text({ pii: 'name' }) });
    assert.deepEqual(schemaToJson(schemaFromJson(JSON.parse(JSON.stringify(schemaToJson(full))))), schemaToJson(full));
    assert.deepEqual(leavesOf(schemaFromJson(schemaToJson(full))), leavesOf(full));
  });

  it('says where a manifest has been changed', () => {
    assert.throws(
      () => schemaFromJson({ kind: 'record', fields: [{ name: 'x', feature: { kind: 'scalar', dtype: 'int65' } }] }),
      {
        code: 'MANIFEST_INVALID',
        message: /schema\.fields\[0\]\.feature\.dtype should be one of .*int64.*"int65"/,
      },
    );
  });

  it('is taken by Hugging Face as it is', async function () {
    const oracle = requireOracle(this);
    const metadata = toHuggingFaceFeatures(schema);
    const read = plain(await oracle.call('hf.features', { json: metadata }));
    assert.deepEqual((read as { json: unknown }).json, metadata);
  });
});

describe('private features', () => {
  const people = features({
    id: text({ pii: 'user_id', description: 'who' }),
    age: optional(scalar('int32', { pii: 'age' })),
    home: record({ street: text({ pii: 'address' }), city: text() }),
  });
  const secrets = secretsOfEnvironment({ KEY: 'topsecret' });
  const keep = { policy: 'keep', reason: 'hashed upstream' } as const;

  it('need a policy each', () => {
    assert.throws(() => applyPrivacy(people, { user_id: keep, age: keep }, secrets), {
      code: 'PRIVACY_POLICY_MISSING',
      message: /home\/street.*'address'/,
    });
  });

  it('need a reason to be kept', () => {
    const privacy = { user_id: { policy: 'keep', reason: ' ' }, age: keep, address: keep } as const;
    assert.throws(() => applyPrivacy(people, privacy, secrets), {
      code: 'PRIVACY_POLICY_MISSING',
      message: /without a reason/,
    });
  });

  it('are left out of everything that is stored when they are dropped', () => {
    const stored = applyPrivacy(
      people,
      { user_id: keep, age: { policy: 'drop' }, address: { policy: 'drop' } },
      secrets,
    );
    assert.deepEqual(
      leavesOf(stored).map((leaf) => leaf.key),
      ['home/city', 'id'],
    );
    assert.deepEqual(Object.keys(toHuggingFaceFeatures(stored)), ['id', 'home']);
    assert.ok(!JSON.stringify([schemaToJson(stored), toFeaturesJson(stored)]).includes('street'));
  });

  it('never show the secret', () => {
    const pseudonymise = { policy: 'pseudonymise', algorithm: 'hmac-sha256', secret: 'env:KEY' } as const;
    const stored = applyPrivacy(people, { user_id: pseudonymise, age: keep, address: { policy: 'mask' } }, secrets);
    assert.ok(!JSON.stringify([stored, schemaToJson(stored)]).includes('topsecret'));
    const bad = { ...pseudonymise, secret: 'topsecret' };
    assert.throws(
      () => applyPrivacy(people, { user_id: bad, age: keep, address: keep }, secrets),
      (error: Error) => /by reference/.test(error.message) && !`${error.stack}`.includes('topsecret'),
    );
  });

  it('refuse a mask for what is no text', () => {
    const privacy = { user_id: keep, age: { policy: 'mask' }, address: keep } as const;
    assert.throws(() => applyPrivacy(people, privacy, secrets), {
      code: 'FEATURE_INVALID',
      message: /age is a scalar/,
    });
  });
});
