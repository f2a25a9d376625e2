import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { formatReference, isConfigName, parseReference } from '../../../src/core/names/index.js';

const datasetName = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const configName = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_+.-]{0,20}$/).filter(isConfigName);
const part = fc.oneof(fc.nat().map(String), fc.constant('*'));
const pattern = fc.tuple(part, part, part).map((parts) => parts.join('.'));
const aliasName = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);

function failure(text: string): DatasetsError {
  try {
    parseReference(text);
  } catch (error) {
    assert.ok(error instanceof DatasetsError);
    assert.equal(error.code, 'NAME_INVALID');
    return error;
  }
  assert.fail(`${JSON.stringify(text)} was accepted`);
}

describe('references', () => {
  it('are read in every form that the documentation names', () => {
    const none = { config: undefined, version: undefined, alias: undefined };
    assert.deepEqual(parseReference('product_a'), { ...none, name: 'product_a' });
    assert.deepEqual(parseReference('product_a/men'), { ...none, name: 'product_a', config: 'men' });
    assert.deepEqual(parseReference('product_a:1.2.0'), { ...none, name: 'product_a', version: '1.2.0' });
    assert.deepEqual(parseReference('product_a:1.*.*'), { ...none, name: 'product_a', version: '1.*.*' });
    assert.deepEqual(parseReference('product_a/20261121.men:1.2.0'), {
      ...none,
      name: 'product_a',
      config: '20261121.men',
      version: '1.2.0',
    });
    assert.deepEqual(parseReference('product_a@prod'), { ...none, name: 'product_a', alias: 'prod' });
  });

  it('come back the same from their text', () => {
    const withVersion = fc.record({
      name: datasetName,
      config: fc.option(configName, { nil: undefined }),
      version: fc.option(pattern, { nil: undefined }),
      alias: fc.constant(undefined),
    });
    const withAlias = fc.record({
      name: datasetName,
      config: fc.constant(undefined),
      version: fc.constant(undefined),
      alias: aliasName,
    });
    fc.assert(
      fc.property(fc.oneof(withVersion, withAlias), (reference) => {
        assert.deepEqual(parseReference(formatReference(reference)), { ...reference });
      }),
    );
  });

  it('never throw anything but a NAME_INVALID, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z_/:@.*0-9 -]{0,20}$/)), (text) => {
        try {
          assert.equal(formatReference(parseReference(text)), text);
        } catch (error) {
          assert.ok(error instanceof DatasetsError && error.code === 'NAME_INVALID', String(error));
        }
      }),
    );
  });

  it('say where a word stands in place of a version, and that it would be an alias', () => {
    const error = failure('product_a:latest');
    assert.match(error.message, /character 11, got "latest"/);
    assert.match(error.hint ?? '', /product_a@latest/);
  });

  it('say what is wrong with each other slip', () => {
    assert.match(failure('ProductA').message, /character 1\b/);
    assert.match(failure('productA').hint ?? '', /product_a/);
    assert.match(failure('').message, /got nothing/);
    assert.match(failure('product_a/1.2.0').hint ?? '', /product_a:1\.2\.0/);
    assert.match(failure('product_a@1.2.0').hint ?? '', /product_a:1\.2\.0/);
    assert.match(failure('product_a/').message, /character 11, got nothing/);
    assert.match(failure('product_a:1.2').message, /character 11, got "1\.2"/);
    assert.match(failure('product_a:01.2.0').message, /character 11/);
    assert.match(failure('product_a/men@prod').hint ?? '', /name@alias/);
    assert.match(failure('product_a ').message, /character 10, got " "/);
    assert.match(failure('product_a:1.2.0/x=1').message, /character 16/);
    assert.match(failure('../etc').message, /character 1\b/);
    assert.match(failure('a/../b').message, /character 3\b/);
  });
});
