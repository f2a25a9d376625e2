import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { GcsStorage, type Storage } from '../../../src/storage/index.js';
import { type ListeningServer, listen, replyError } from '../../gcs/http-message.js';
import { impatient } from '../../gcs/index.js';
import { capture } from '../../oracle/index.js';

/** Every way of asking the server for something. */
const operations: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  list: (storage) => storage.list(''),
  stat: (storage) => storage.stat('x'),
  read: (storage) => storage.read('x'),
  open: (storage) => storage.open('x'),
  write: (storage) => storage.write('x', 'abc'),
  'create if absent': (storage) => storage.createIfAbsent('x', 'abc'),
  stream: async (storage) => {
    const writer = await storage.create('x');
    await writer.write(new Uint8Array(2 ** 19));
    await writer.close();
  },
  copy: (storage) => storage.copy('x', 'y'),
  upload: (storage) => storage.upload(import.meta.filename, 'x'),
  download: (storage) => storage.download('x', join(tmpdir(), 'never-written')),
  delete: (storage) => storage.delete('x'),
  'delete all': (storage) => storage.deleteAll('x'),
};

describe('what goes wrong with a bucket', () => {
  let server: ListeningServer | undefined;
  let requests = 0;
  afterEach(() => server?.close());

  /** A server that answers everything alike, and a storage that asks it. */
  async function answering(...[status, reason, message]: readonly [number, string, string]): Promise<Storage> {
    requests = 0;
    server = await listen(async (_, response) => {
      requests++;
      replyError(response, status, reason, message);
    });
    return new GcsStorage('gs://lab-datasets/registry', {
      ...impatient,
      partBytes: 2 ** 18,
      maxAttempts: 3,
      endpoint: server.url,
    });
  }

  const cases = [
    {
      title: 'expired or missing credentials',
      reply: [401, 'authError', 'Invalid Credentials'],
      expected: {
        code: 'CREDENTIALS_MISSING',
        hint: /gcloud auth application-default login.*GOOGLE_APPLICATION_CREDENTIALS/,
      },
    },
    {
      title: 'a role that is missing',
      reply: [403, 'forbidden', 'trainer@lab.example does not have storage.objects.get access.'],
      expected: { code: 'STORAGE_DENIED', message: /storage\.objects\.get/, hint: /roles\/storage\.objectAdmin/ },
    },
    {
      title: 'a project without billing',
      reply: [403, 'accountDisabled', 'The billing account for the owning project is disabled.'],
      expected: { code: 'STORAGE_DENIED', hint: /billing/ },
    },
    {
      title: 'a quota that is used up',
      reply: [403, 'quotaExceeded', 'The project exceeded its quota.'],
      expected: { code: 'STORAGE_FULL', message: /quota/, hint: /quotas/ },
    },
    {
      title: 'a bucket that is gone',
      reply: [404, 'notFound', 'The specified bucket does not exist.'],
      expected: {
        code: 'BUCKET_UNKNOWN',
        message: /no bucket lab-datasets/,
        hint: /gcloud storage buckets create gs:\/\/lab-datasets/,
      },
    },
    {
      title: 'a server that fails again and again',
      reply: [503, 'backendError', 'We encountered an internal error. Please try again.'],
      expected: { code: 'STORAGE_FAILED', message: /503/, hint: /again/ },
    },
  ] as const;

  for (const { title, reply, expected } of cases) {
    it(`is told clearly: ${title}`, async () => {
      const storage = await answering(reply[0], reply[1], reply[2]);
      for (const [name, operation] of Object.entries(operations)) {
        const error = await operation(storage).then(
          (value) => assert.fail(`${name} gave ${inspect(value)}`),
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof DatasetsError, `${name}: ${inspect(error)}`);
        assert.equal(error.code, expected.code, `${name}: ${error.message}`);
        assert.match(error.message, /gs:\/\/lab-datasets|no bucket lab-datasets/, name);
        if ('message' in expected) assert.match(error.message, expected.message, name);
        assert.match(error.hint ?? '', expected.hint, name);
        assert.ok(error.cause instanceof Error, name);
      }
    });
  }

  it('is not asked again where asking again can not help, and is where it can', async () => {
    await assert.rejects((await answering(403, 'forbidden', 'no')).stat('x'));
    assert.equal(requests, 1);
    await server?.close();
    await assert.rejects((await answering(403, 'rateLimitExceeded', 'too fast')).stat('x'));
    assert.equal(requests, 3);
  });

  it('shows no part of a request: those carry tokens', async () => {
    const storage = await answering(403, 'forbidden', 'no');
    const error = await storage.stat('x').catch((reason: unknown) => reason);
    assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /authorization|bearer|user-agent/i);
  });

  it('is unreachable within seconds where no server listens', async () => {
    const gone = await listen(async () => undefined);
    await gone.close();
    const storage = new GcsStorage('gs://lab-datasets', { endpoint: gone.url, firstDelayMilliseconds: 5 });
    await assert.rejects(storage.read('x'), { code: 'STORAGE_UNREACHABLE', message: /ECONNREFUSED/, hint: /network/ });
  });

  it('is unreachable where a server takes requests and never answers', async () => {
    server = await listen(() => new Promise(() => undefined));
    const settings = { ...impatient, stallMilliseconds: 100, maxAttempts: 2, endpoint: server.url };
    for (const operation of Object.values(operations)) {
      await assert.rejects(operation(new GcsStorage('gs://lab-datasets', settings)), { code: 'STORAGE_UNREACHABLE' });
    }
  });
});

describe('credentials for a bucket', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-credentials-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const keys: Readonly<Record<string, string | undefined>> = {
    'is not there': undefined,
    'is no JSON': `{"private_key": "${secret}`,
    'holds no key': JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: secret }),
  };
  it('are said to be missing where there are none', () => saysMissing({ HOME: folder }));
  for (const [title, content] of Object.entries(keys)) {
    it(`are said to be missing where the key file ${title}`, () => {
      const file = join(folder, 'key.json');
      if (content !== undefined) writeFileSync(file, content);
      return saysMissing({ GOOGLE_APPLICATION_CREDENTIALS: file });
    });
  }

  async function saysMissing(environment: Readonly<Record<string, string>>): Promise<void> {
    const script = `
        const { GcsStorage } = await import(${JSON.stringify(new URL('../../../src/storage/index.js', import.meta.url).href)});
        const error = await new GcsStorage('gs://lab-datasets').read('x').catch((reason) => reason);
        console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }));`;
    const env = { PATH: process.env['PATH'], METADATA_SERVER_DETECTION: 'none', ...environment };
    const { stdout, stderr } = await capture(process.execPath, ['--input-type=module', '-e', script], {
      env,
    });
    const error = JSON.parse(stdout) as Readonly<Record<'code' | 'message' | 'hint', string>>;
    assert.equal(error.code, 'CREDENTIALS_MISSING', error.message);
    assert.match(error.hint, /GOOGLE_APPLICATION_CREDENTIALS/);
    assert.doesNotMatch(stdout + stderr, new RegExp(secret));
  }
});
