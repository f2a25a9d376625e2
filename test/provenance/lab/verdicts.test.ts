import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { edits } from './edits/index.js';
import { verdictsFile, verdictsPage } from './verdicts-page.js';

describe('docs/verdicts.md', () => {
  it('lists the edits that the lab tries, with what is said of them', async () => {
    assert.equal(
      await readFile(verdictsFile, 'utf8'),
      verdictsPage(),
      'node dist/test/provenance/lab/write-verdicts.js',
    );
  });

  it('has at least 60 edits, each of which has words of its own', () => {
    assert.ok(edits.length >= 60, `${edits.length}`);
    assert.equal(new Set(edits.map(({ what }) => what)).size, edits.length);
  });
});
