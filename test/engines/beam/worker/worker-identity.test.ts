import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatEpoch } from '../../../../src/builder/index.js';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import {
  checkWorkerIdentity,
  identifyWorker,
  type WorkerIdentity,
} from '../../../../src/engines/beam/worker/worker-identity.js';

describe("a worker's identity", () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-identity-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const identify = (...files: Parameters<typeof identifyWorker>[2][number][]) =>
    identifyWorker(folder, pathToFileURL(join(folder, 'datasets', 'a', 'builder.js')).href, files);

  it('names everything that differs at once, with both values', () => {
    const submitter: WorkerIdentity = {
      packageVersion: '1.1.0',
      formatEpoch: 2,
      lockFile: { name: 'package-lock.json', digest: 'a'.repeat(64) },
      code: 'b'.repeat(64),
      files: [{ path: 'items.csv', digest: 'c'.repeat(64) }],
    };
    const worker: WorkerIdentity = { packageVersion: '1.0.0', formatEpoch: 1, files: [{ path: 'items.csv' }] };
    assert.throws(
      () => checkWorkerIdentity(submitter, worker),
      (error) => {
        assert.ok(error instanceof DatasetsError);
        assert.equal(error.code, 'WORKER_MISMATCH');
        assert.deepEqual(error.message.split(/: (?=ailab)|; /), [
          'a worker is not what its submitter is',
          'ailab-datasets is 1.1.0 in the submitter and 1.0.0 in the worker',
          'the format epoch is 2 in the submitter and 1 in the worker',
          'the lock file is package-lock.json sha256 aaaaaaaaaaaa in the submitter and not there in the worker',
          "the builder's code is sha256 bbbbbbbbbbbb in the submitter and unknown in the worker",
          'items.csv is sha256 cccccccccccc in the submitter and not there in the worker',
        ]);
        return true;
      },
    );
    checkWorkerIdentity(submitter, submitter);
  });

  it('is the same wherever the project lies, and whenever its files were copied', async () => {
    write('package-lock.json', '{}');
    write('datasets/a/builder.js', "import { twice } from './twice.js';\nexport const four = twice(2);\n");
    write('datasets/a/twice.js', 'export const twice = (n) => 2 * n;\n');
    write('datasets/a/items.csv', 'id\n1\n');
    const here = await identify({ path: 'datasets/a/items.csv' });
    assert.equal(here.formatEpoch, formatEpoch);
    const first = folder;
    folder = join(first, 'elsewhere');
    for (const file of ['package-lock.json', 'datasets/a/builder.js', 'datasets/a/twice.js', 'datasets/a/items.csv']) {
      write(file, readFileSync(join(first, file), 'utf8'));
    }
    checkWorkerIdentity(here, await identify(...here.files));
    folder = first;
  });

  it('follows what the builder imports', async () => {
    write('datasets/a/builder.js', "import { twice } from './twice.js';\nexport const four = twice(2);\n");
    write('datasets/a/twice.js', 'export const twice = (n) => 2 * n;\n');
    const before = await identify();
    write('datasets/a/twice.js', 'export const twice = (n) => n + n;\n');
    const after = await identify();
    assert.throws(() => checkWorkerIdentity(before, after), /the builder's code is sha256/);
  });

  it('reads no file again that is the very same, and every other', async () => {
    write('items.csv', 'id\n1\n');
    const [known] = (await identify({ path: 'items.csv' })).files;
    assert.ok(known?.stamp !== undefined);
    // What was said of it is taken for true: nobody read it.
    const claimed = { ...known, digest: 'not read' };
    assert.deepEqual((await identify(claimed)).files, [claimed]);
    // Written anew with the same size and an old date, as copying tools do.
    rmSync(join(folder, 'items.csv'));
    write('items.csv', 'id\n2\n');
    utimesSync(join(folder, 'items.csv'), new Date(0), new Date(0));
    assert.throws(
      () => checkWorkerIdentity({ ...emptyIdentity, files: [known] }, { ...emptyIdentity, files: [] }),
      /items\.csv is sha256 \w+ in the submitter and not there/,
    );
    const [again] = (await identify(claimed)).files;
    assert.match(again?.digest ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(again?.digest, known.digest);
  });

  it('shows a few of many files that differ', () => {
    const files = Array.from({ length: 70 }, (_, index) => ({ path: `images/${index}.png`, digest: '0' }));
    assert.throws(
      () => checkWorkerIdentity({ ...emptyIdentity, files }, emptyIdentity),
      /images\/4\.png [^;]*; and 65 more files differ$/,
    );
  });
});

const emptyIdentity: WorkerIdentity = { packageVersion: '1.0.0', formatEpoch: 1, files: [] };
