import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { formatGcsUrl, gcsUrlProblem, isGcsUrl, isUrl, parseGcsUrl } from '../../../src/core/location/index.js';

describe('gs:// URLs', () => {
  it('give bucket and path, with or without a slash at the end', () => {
    assert.deepEqual(parseGcsUrl('gs://our-data/registry/v1/'), { bucket: 'our-data', path: 'registry/v1' });
    assert.deepEqual(parseGcsUrl('gs://our-data/'), { bucket: 'our-data', path: '' });
    assert.deepEqual(parseGcsUrl('gs://our.data_1'), { bucket: 'our.data_1', path: '' });
    assert.equal(formatGcsUrl(parseGcsUrl('gs://our-data/')), 'gs://our-data');
  });

  it('are told from other URLs and from paths', () => {
    assert.deepEqual(
      ['gs://a', 'GS://a', 's3://a', '/a', 'a:b', 'c:/x'].map((text) => [isGcsUrl(text), isUrl(text)]),
      [
        [true, true],
        [false, true],
        [false, true],
        [false, false],
        [false, false],
        [false, false],
      ],
    );
  });

  for (const [url, problem] of [
    ['/registry', /begin with gs:/],
    ['gs://', /name a bucket/],
    ['gs:///path', /name a bucket/],
    ['gs://ab', /which "ab" is not/],
    ['gs://Our-Data', /lower-case/],
    ['gs://-data', /which/],
    ['gs://data.', /which/],
    ['gs://a..b', /which/],
    ['gs://192.168.5.4', /which/],
    ['gs://goog-data', /which/],
    ['gs://my-g00gle', /which/],
    [`gs://${'a'.repeat(64)}`, /which/],
    [`gs://${'a'.repeat(60)}.${'b'.repeat(64)}`, /which/],
    ['gs://data//registry', /no empty part/],
    ['gs://data/registry//', /no empty part/],
    ['gs://data/../other', /no part \. or \.\./],
    ['gs://data/a/./b', /no part \. or \.\./],
    ['gs://data/a\nb', /control characters/],
    ['gs://data/a\\b', /backslashes/],
    [`gs://data/${'ü'.repeat(513)}`, /at most 1024 bytes/],
  ] as const) {
    it(`refuse ${JSON.stringify(url.slice(0, 40))}`, () => {
      assert.match(gcsUrlProblem(url) ?? '', problem);
      assert.throws(
        () => parseGcsUrl(url),
        (error: unknown) => error instanceof DatasetsError && error.code === 'NAME_INVALID',
      );
    });
  }

  it('never lead out of their path, whatever the text', () => {
    const part = fc.oneof(fc.constantFrom('', '.', '..', '...', 'a', 'a b', '%2e%2e'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const url = `gs://bucket/${parts.join('/')}`;
        if (gcsUrlProblem(url) !== undefined) return;
        const { path } = parseGcsUrl(url);
        // The URL standard's own resolution of dots is the oracle: it changes nothing.
        const resolved = new URL(`https://host/${path.split('/').map(encodeURIComponent).join('/')}`);
        assert.equal(decodeURIComponent(resolved.pathname), `/${path}`);
        assert.deepEqual(parseGcsUrl(formatGcsUrl({ bucket: 'bucket', path })), { bucket: 'bucket', path });
      }),
    );
  });
});
