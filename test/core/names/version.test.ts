import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareVersions,
  isVersion,
  isVersionPattern,
  matchesVersion,
  newestVersion,
  parseVersion,
  parseVersionPattern,
} from '../../../src/core/names/index.js';

const version = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((numbers) => parseVersion(numbers.join('.')));

describe('versions', () => {
  it('compare by number and not by letter', () => {
    const sorted = ['1.10.0', '1.2.0', '0.0.10', '0.0.9', '2.0.0'].map(parseVersion).sort(compareVersions);
    assert.deepEqual(sorted, ['0.0.9', '0.0.10', '1.2.0', '1.10.0', '2.0.0']);
  });

  it('are totally ordered', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)));
        assert.equal(compareVersions(a, b) === 0, a === b);
        if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0) assert.ok(compareVersions(a, c) < 0);
      }),
    );
  });

  it('match a pattern wherever it has the same number or an asterisk', () => {
    fc.assert(
      fc.property(version, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (text, wild) => {
        const numbers = text.split('.');
        const pattern = parseVersionPattern(numbers.map((number, i) => (wild[i] ? '*' : number)).join('.'));
        assert.ok(matchesVersion(pattern, text));
        const other = numbers.map((number, i) => (wild[i] ? number : String(Number(number) + 1))).join('.');
        assert.equal(matchesVersion(pattern, parseVersion(other)), wild.every(Boolean));
      }),
    );
  });

  it('give the newest that matches', () => {
    const versions = ['1.2.0', '1.10.0', '2.0.0', '2.1.3'].map(parseVersion);
    assert.equal(newestVersion(versions), '2.1.3');
    assert.equal(newestVersion(versions, parseVersionPattern('1.*.*')), '1.10.0');
    assert.equal(newestVersion(versions, parseVersionPattern('*.*.0')), '2.0.0');
    assert.equal(newestVersion(versions, parseVersionPattern('3.*.*')), undefined);
    assert.equal(newestVersion([]), undefined);
  });

  it('have three numbers without leading zeros', () => {
    for (const text of ['1.2.0', '0.0.0', '10.20.30']) assert.ok(isVersion(text), text);
    for (const text of ['1.2', '1.2.0.0', '01.2.0', '1.2.*', 'v1.2.0', '1.2.0\n', '-1.0.0', '', '1..0']) {
      assert.equal(isVersion(text), false, JSON.stringify(text));
    }
    assert.ok(isVersionPattern('*.*.*'));
    assert.throws(() => parseVersion('1.*.*'), { code: 'NAME_INVALID', hint: /without \*/ });
    assert.throws(() => parseVersionPattern('latest'), { code: 'NAME_INVALID', message: /"latest"/ });
  });
});
