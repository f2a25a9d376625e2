import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DatasetsError } from '../../src/core/errors/index.js';
import { loadClients } from '../../src/engines/dataflow/load-client.js';
import { repositoryRoot } from '../oracle/index.js';

const variables = ['GOOGLE_APPLICATION_CREDENTIALS', 'DATAFLOW_EMULATOR_HOST'] as const;

describe("Google's clients of Dataflow", () => {
  const before = variables.map((name) => [name, process.env[name]] as const);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-credentials-'));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = {
      type: 'service_account',
      project_id: 'ours',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'ci@ours.iam.gserviceaccount.com',
    };
    writeFileSync(join(folder, 'key.json'), JSON.stringify(key));
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = join(folder, 'key.json');
    delete process.env['DATAFLOW_EMULATOR_HOST'];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('act as the account that is to be impersonated, through those that delegate', async () => {
    const delegates = ['first@ours.iam.gserviceaccount.com', 'second@ours.iam.gserviceaccount.com'];
    const target = 'submitter@ours.iam.gserviceaccount.com';
    const { jobs } = await loadClients({ project: 'ours', impersonate: [...delegates, target] });
    assert.equal(Reflect.get(jobs.auth, 'targetPrincipal'), target);
    assert.deepEqual(Reflect.get(jobs.auth, 'delegates'), delegates);
    const source: unknown = Reflect.get(jobs.auth, 'sourceClient');
    assert.equal(Reflect.get(source as object, 'email'), 'ci@ours.iam.gserviceaccount.com');
  });

  it('name the command that installs them, where they are missing', async () => {
    const compiled = join(repositoryRoot, 'dist', 'src');
    const program = join(folder, 'engines', 'dataflow', 'load-client.js');
    // The same code, where no node_modules is above it.
    for (const part of ['core', 'storage']) cpSync(join(compiled, part), join(folder, part), { recursive: true });
    cpSync(join(compiled, 'engines', 'dataflow', 'load-client.js'), program);
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const alone = (await import(pathToFileURL(program).href)) as { readonly loadClients: typeof loadClients };
    await assert.rejects(alone.loadClients({ project: 'ours' }), ({ code, hint }: DatasetsError) => {
      assert.equal(code, 'PEER_MISSING');
      assert.equal(hint, 'Run: npm install @google-cloud/dataflow@4');
      return true;
    });
  });

  it('find credentials as every library of Google does, and ask Google', async () => {
    const { jobs, messages, metrics } = await loadClients({ project: 'ours' });
    assert.equal(jobs.apiEndpoint, 'dataflow.googleapis.com');
    assert.equal(messages.apiEndpoint, 'dataflow.googleapis.com');
    assert.equal(metrics.apiEndpoint, 'dataflow.googleapis.com');
    const client = await jobs.auth.getClient();
    assert.equal(Reflect.get(client, 'email'), 'ci@ours.iam.gserviceaccount.com');
  });
});
