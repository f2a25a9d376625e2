import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, requireOracle } from '../oracle/index.js';
import { FileServer, serveBytes } from './file-server.js';
import { sha256 } from './setting.js';

const program = fileURLToPath(new URL('./download-process.js', import.meta.url));
const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join(''));

interface Printed {
  readonly path?: string;
  readonly code?: string;
  readonly message?: string;
}

describe('a process that downloads', () => {
  const server = new FileServer();
  let directory: string;
  before(() => server.start());
  after(() => server.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ailab-download-process-'));
    server.seen.length = 0;
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function download(request: object, env: Readonly<Record<string, string>> = {}): Promise<Printed> {
    const options = { env: { ...process.env, ...env } };
    const finished = await capture(process.execPath, [program, directory, JSON.stringify(request)], options);
    assert.equal(finished.exitCode, 0, finished.stderr);
    return JSON.parse(finished.stdout) as Printed;
  }

  it('killed half-way, is gone on with by the next one, which also takes over its lease', async () => {
    server.on('/large', (request, response, attempt) => {
      if (attempt > 1) return serveBytes(request, response, content, '"v1"');
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
      return response.write(content.subarray(0, 1_000_000));
    });
    const request = { url: server.url('/large') };
    const first = spawn(process.execPath, [program, directory, JSON.stringify(request)], { stdio: 'ignore' });
    const partial = join(directory, 'partial');
    const size = async (): Promise<number> => {
      const [name] = await readdir(partial).catch(() => []);
      return name === undefined ? 0 : (await readFile(join(partial, name, 'data')).catch(() => '')).length;
    };
    while ((await size()) < 1_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
    const exited = once(first, 'exit');
    first.kill('SIGKILL');
    await exited;
    const { path } = await download(request);
    assert.equal(sha256(await readFile(path ?? '')), sha256(content));
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.range),
      [undefined, 'bytes=1000000-'],
    );
    assert.deepEqual(await readdir(partial), []);
  });

  it('is one of several of which one fetches', async () => {
    server.on('/once', (_, response) => setTimeout(() => response.end(content), 300));
    const request = { url: server.url('/once'), sha256: sha256(content) };
    const printed = await Promise.all([1, 2, 3].map(() => download(request)));
    assert.equal(new Set(printed.map(({ path }) => path)).size, 1);
    assert.equal(server.requests('/once'), 1);
  });

  it('writes a checksums.tsv that tfds reads, and reads what tfds writes', async function () {
    const oracle = requireOracle(this);
    const url = server.url('/items.csv?part=7');
    server.serve('/items.csv', content);
    await download({ url });
    const file = join(directory, 'checksums.tsv');
    const script = `
import json, sys
from etils import epath
from tensorflow_datasets.core.download import checksums
path = epath.Path(sys.argv[1])
infos = checksums.load_url_infos(path)
print(json.dumps({url: [int(i.size), i.checksum, i.filename] for url, i in infos.items()}))
before = path.read_text()
copy = path.parent / 'copy.tsv'
checksums.save_url_infos(copy, infos)
assert copy.read_text() == before, (copy.read_text(), before)
`;
    const finished = await oracle.script(['-c', script, file]);
    assert.equal(finished.exitCode, 0, finished.stderr);
    assert.deepEqual(JSON.parse(finished.stdout.trim().split('\n').at(-1) ?? ''), {
      [url]: [content.length, sha256(content), 'items.csv'],
    });
  });

  describe('over https', () => {
    let keys: string;
    let secure: FileServer;
    let certificate: string;
    before(async () => {
      keys = await mkdtemp(join(tmpdir(), 'ailab-certificate-'));
      certificate = join(keys, 'certificate.pem');
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      const out = ['-keyout', join(keys, 'key.pem'), '-out', certificate];
      const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
      execFileSync('openssl', [...kind, ...subject, ...out], { stdio: 'ignore' });
      const pair = { key: await readFile(join(keys, 'key.pem')), cert: await readFile(certificate) };
      secure = new FileServer((listener) => createHttpsServer(pair, listener));
      await secure.start();
      secure.serve('/data', content);
    });
    after(async () => {
      await secure.stop();
      await rm(keys, { recursive: true, force: true });
    });

    const url = (path: string): string => `https://localhost:${secure.port}${path}`;

    it('checks the certificate', async () => {
      const trusted = await download({ url: url('/data') }, { NODE_EXTRA_CA_CERTS: certificate });
      assert.deepEqual(await readFile(trusted.path ?? ''), content);
      const refused = await download({ url: url('/data?other') });
      assert.equal(refused.code, 'DOWNLOAD_FAILED');
      assert.match(refused.message ?? '', /SELF_SIGNED/);
    });

    it('follows no redirect to http', async () => {
      secure.on('/down', (_, response) => response.writeHead(302, { location: server.url('/plain') }).end());
      const { code, message } = await download({ url: url('/down') }, { NODE_EXTRA_CA_CERTS: certificate });
      assert.equal(code, 'DOWNLOAD_FAILED');
      assert.match(message ?? '', /from https to http/);
      assert.equal(server.seen.length, 0);
    });

    it('goes through a tunnel of a proxy, which sees nothing but the host', async () => {
      const asked: string[] = [];
      const open: Socket[] = [];
      const proxy = createHttpServer((_, response) => response.writeHead(500).end());
      proxy.on('connect', (request, socket: Socket) => {
        asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
        const target = connect(secure.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          target.pipe(socket).pipe(target);
        });
        for (const end of [socket, target]) end.on('error', () => undefined);
        open.push(socket, target);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      try {
        const address = proxy.address();
        assert.ok(typeof address === 'object' && address !== null);
        const env = { NODE_EXTRA_CA_CERTS: certificate, HTTPS_PROXY: `http://pat:w0rd@127.0.0.1:${address.port}` };
        const { path } = await download({ url: url('/data?through') }, env);
        assert.deepEqual(await readFile(path ?? ''), content);
        const credentials = Buffer.from('pat:w0rd').toString('base64');
        assert.deepEqual(asked, [`localhost:${secure.port} Basic ${credentials}`]);
      } finally {
        for (const socket of open) socket.destroy();
        await new Promise((resolve) => proxy.close(resolve));
      }
    });
  });
});
