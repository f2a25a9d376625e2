import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileVerification, openVersion } from '../../src/reader/index.js';
import { buildVersion } from './build-version.js';
import { cutOff, flip } from './damage.js';
import { sampleExamples, sampleSchema } from './sample.js';

describe('what is compared before a file is read', () => {
  const file = 'arrow/train/data-00000-of-00001.arrow';
  let directory = '';
  beforeEach(async () => {
    const registry = mkdtempSync(join(tmpdir(), 'ailab-verify-'));
    const splits = { train: sampleExamples(0, 50) };
    directory = await buildVersion({ registry, name: 'sample', schema: sampleSchema, splits });
  });
  afterEach(() => rmSync(join(directory, '../..'), { recursive: true, force: true }));

  const read = async (verify?: FileVerification) =>
    (await openVersion(directory, { format: 'arrow', verify })).dataset().columns({ batchSize: 10 }).next();

  it('is its content where all is verified: a flipped bit of a value, which Arrow itself does not show', async () => {
    flip(join(directory, file), statSync(join(directory, file)).size - 60);
    await read();
    await assert.rejects(read('full'), { code: 'DATA_CORRUPT', message: /data-00000.*sha256/ });
  });

  it('is its size by default, and nothing where nothing is verified', async () => {
    cutOff(join(directory, file), 4);
    await assert.rejects(read(), { code: 'DATA_CORRUPT', message: /bytes; it was published with/ });
    assert.equal((await read('none')).value?.rows, 10);
  });
});
