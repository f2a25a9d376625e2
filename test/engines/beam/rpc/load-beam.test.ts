import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DatasetsError } from '../../../../src/core/errors/index.js';
import { loadBeam } from '../../../../src/engines/beam/rpc/load-beam.js';

/** dist/src */
const compiled = join(import.meta.dirname, '..', '..', '..', '..', 'src');

describe("what needs Beam's packages", () => {
  it('names the command that installs them, where they are missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-without-packages-'));
    try {
      // The same code, where no node_modules is above it.
      for (const part of ['core/errors', 'engines/beam/rpc', 'engines/beam/protos'])
        cpSync(join(compiled, part), join(folder, part), { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
      const channel = pathToFileURL(join(folder, 'engines', 'beam', 'rpc', 'channel.js')).href;
      await assert.rejects(
        loadBeam(() => import(channel)),
        ({ code, message, hint }: DatasetsError) => {
          assert.equal(code, 'PEER_MISSING');
          assert.match(message, /need the package @(grpc\/grpc-js|bufbuild\/protobuf)$/);
          assert.equal(hint, 'Run: npm install @grpc/grpc-js @bufbuild/protobuf');
          return true;
        },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('passes other errors of a module through', async () => {
    await assert.rejects(
      loadBeam(() => Promise.reject(new TypeError('of the module'))),
      /^TypeError: of the module$/,
    );
  });
});
