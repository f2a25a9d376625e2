import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseChecksums } from '../../src/downloads/checksums/checksums-file.js';
import { checkRequest, openDownloads } from '../../src/downloads/index.js';
import { requireGcs } from '../gcs/index.js';
import { FileServer, serveBytes } from './file-server.js';
import { DownloadSetting, sha256 } from './setting.js';

/** Larger than one packet, and no two of its parts alike. */
const content = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`).join(''));

describe('checksums', () => {
  it("may have the spaces of tfds' older files, comments and empty lines", () => {
    const digest = sha256('x');
    const text = `# old\nhttps://a/b c 12 ${digest}\r\n\nhttps://d\t3\t${digest}\n`;
    assert.deepEqual(
      [...parseChecksums(text, 'checksums.tsv')],
      [
        ['https://a/b c', { bytes: 12, sha256: digest, fileName: undefined }],
        ['https://d', { bytes: 3, sha256: digest, fileName: undefined }],
      ],
    );
  });

  it('are refused with the line that is none', () => {
    assert.throws(() => parseChecksums('https://a\t1\tabc\n', 'checksums.tsv'), {
      code: 'BUILDER_INVALID',
      message: /checksums\.tsv line 1/,
    });
  });
});

describe('a download from a bucket', () => {
  it('is an object with its checksum, or is missing', async function () {
    const gcs = await requireGcs(this);
    const { url, storage } = await gcs.newBucket();
    await storage.write('items.csv', content);
    const setting = await DownloadSetting.create();
    try {
      const request = { url: `${url}/items.csv`, sha256: sha256(content) };
      assert.deepEqual(await readFile((await setting.download(request)).path), content);
      assert.equal((await setting.refusal(`${url}/other.csv`)).code, 'SOURCE_NOT_FOUND');
      const changed = { url: `${url}/items.csv`, sha256: sha256('before') };
      assert.equal((await setting.refusal(changed)).code, 'CHECKSUM_MISMATCH');
    } finally {
      await setting.remove();
    }
  });
});

describe('a download', () => {
  const server = new FileServer();
  let setting: DownloadSetting;
  before(() => server.start());
  after(() => server.stop());
  beforeEach(async () => {
    setting = await DownloadSetting.create();
    server.seen.length = 0;
  });
  afterEach(() => setting.remove());

  const bytesOf = (path: string): Promise<Buffer> => readFile(path);

  it('lies on this machine under its name, is fetched once, and reports its progress', async () => {
    server.serve('/items.csv', content);
    const url = server.url('/items.csv');
    const first = await setting.download({ url, sha256: sha256(content) });
    assert.deepEqual(await bytesOf(first.path), content);
    assert.match(first.path, /items\.csv$/);
    const again = await setting.download({ url, sha256: sha256(content) }, { mode: 'cached' });
    assert.equal(again.path, first.path);
    assert.equal(server.requests('/items.csv'), 1);
    assert.deepEqual(
      setting.events.filter(({ type }) => type !== 'rows').map(({ type }) => type),
      ['stage-start', 'task-end', 'stage-end'],
    );
    assert.equal(setting.events.at(-1)?.type === 'stage-end' && setting.events.at(-1)?.rows, content.length);
  });

  it('is fetched again when the file on this machine was changed', async () => {
    server.serve('/changed.csv', content);
    const request = { url: server.url('/changed.csv'), sha256: sha256(content) };
    const { path } = await setting.download(request);
    await writeFile(path, content.toString().replace('line 7', 'LINE 7'));
    assert.deepEqual(await bytesOf((await setting.download(request)).path), content);
    assert.equal(server.requests('/changed.csv'), 2);
  });

  it('goes on where a connection broke, with If-Range', async () => {
    server.on('/broken', (request, response, attempt) =>
      serveBytes(request, response, content, '"v1"', attempt < 4 ? 100_000 : undefined),
    );
    const { path } = await setting.download(server.url('/broken'));
    assert.deepEqual(await bytesOf(path), content);
    const ranges = server.seen.map(({ headers }) => headers.range);
    assert.equal(ranges[0], undefined);
    assert.ok(
      ranges.slice(1).every((range) => /^bytes=\d{5,}-$/.test(range ?? '')),
      String(ranges),
    );
    assert.ok(server.seen.slice(1).every(({ headers }) => headers['if-range'] === '"v1"'));
  });

  it('begins anew when the content changes between two parts', async () => {
    const other = Buffer.from(content.toString().toUpperCase());
    server.on('/moving', (request, response, attempt) =>
      attempt === 1
        ? serveBytes(request, response, content, '"v1"', 100_000)
        : serveBytes(request, response, other, '"v2"'),
    );
    assert.deepEqual(await bytesOf((await setting.download(server.url('/moving'))).path), other);
  });

  it('is whole even from a server that sends parts of something else in spite of If-Range', async () => {
    const other = Buffer.from(content.toString().toUpperCase());
    server.on('/lying', (request, response, attempt) => {
      if (attempt === 1) return serveBytes(request, response, content, '"v1"', 100_000);
      const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
      if (from === undefined) return serveBytes(request, response, other, '"v2"');
      const range = `bytes ${from}-${other.length - 1}/${other.length}`;
      // It names no ETag: only the checksum can tell.
      response.writeHead(206, { 'content-range': range });
      return response.end(other.subarray(Number(from)));
    });
    const request = { url: server.url('/lying'), sha256: sha256(other) };
    assert.deepEqual(await bytesOf((await setting.download(request)).path), other);
  });

  it('begins anew where the server can tell nothing of its content', async () => {
    server.on('/plain', (_, response, attempt) => {
      response.writeHead(200, { 'content-length': content.length });
      if (attempt > 1) response.end(content);
      else response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
    });
    assert.deepEqual(await bytesOf((await setting.download(server.url('/plain'))).path), content);
    assert.equal(server.seen[1]?.headers.range, undefined);
  });

  it('waits as long as 429 and 503 ask, and tries again', async () => {
    server.on('/busy', (request, response, attempt) => {
      if (attempt === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (attempt === 2) response.writeHead(503).end();
      else serveBytes(request, response, content, '"v1"');
    });
    const started = performance.now();
    await setting.download(server.url('/busy'));
    assert.ok(performance.now() - started >= 950);
    assert.equal(server.requests('/busy'), 3);
  });

  it('does not wait for hours because a server asks for it', async () => {
    server.on('/closed', (_, response) => response.writeHead(503, { 'retry-after': '86400' }).end());
    const error = await setting.refusal(server.url('/closed'));
    assert.equal(error.code, 'DOWNLOAD_FAILED');
    assert.match(error.message, /503/);
  });

  it('gives up a connection that stalls, and goes on with another', async () => {
    server.on('/stalling', (request, response, attempt) => {
      if (attempt > 1) serveBytes(request, response, content, '"v1"');
      else {
        response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
        response.write(content.subarray(0, 1000));
      }
    });
    const { path } = await setting.download(server.url('/stalling'), {
      fetch: { firstDelayMilliseconds: 5, stallMilliseconds: 300 },
    });
    assert.deepEqual(await bytesOf(path), content);
    assert.equal(server.seen[1]?.headers.range, 'bytes=1000-');
  });

  it('fails after so many failures in a row, and says what they were', async () => {
    server.on('/down', (_, response) => response.writeHead(500).end());
    const error = await setting.refusal(server.url('/down'));
    assert.equal(error.code, 'DOWNLOAD_FAILED');
    assert.match(error.message, /500.* 6 times/);
    assert.equal(server.requests('/down'), 6);
  });

  it('fails at once where trying again changes nothing', async () => {
    const error = await setting.refusal(server.url('/nothing-here'));
    assert.match(error.message, /404/);
    assert.equal(server.requests('/nothing-here'), 1);
  });

  it('is refused with both digests when it is not what was registered', async () => {
    server.serve('/other', content);
    const url = server.url('/other');
    const expected = sha256('what it was');
    const error = await setting.refusal({ url, sha256: expected });
    assert.equal(error.code, 'CHECKSUM_MISMATCH');
    assert.ok(error.message.includes(expected) && error.message.includes(sha256(content)), error.message);
    assert.match(error.hint, /--register-checksums/);
  });

  it('is not taken to its end when it is larger than registered', async () => {
    const endless = (response: import('node:http').ServerResponse): void => {
      if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setTimeout(() => endless(response), 1));
    };
    server.on('/endless', (_, response) => {
      response.writeHead(200);
      endless(response);
    });
    const error = await setting.refusal({ url: server.url('/endless'), sha256: sha256(content), bytes: 200_000 });
    assert.equal(error.code, 'CHECKSUM_MISMATCH');
  });

  it('stays within the limit of its build, whatever the server announces', async () => {
    server.serve('/large', content);
    const error = await setting.refusal(server.url('/large'), { maxDownloadBytes: 100_000 });
    assert.equal(error.code, 'LIMIT_EXCEEDED');
    assert.match(error.hint, /maxDownloadBytes/);
  });

  it('is refused without a checksum, and told how to get one; registered, it is what tfds reads', async () => {
    server.serve('/b', content);
    server.serve('/a', 'a');
    const error = await setting.refusal(server.url('/b'), { mode: 'verify' });
    assert.equal(error.code, 'CHECKSUM_MISSING');
    assert.match(error.hint, /--register-checksums/);
    await setting.download(server.url('/b'));
    await setting.download({ url: server.url('/a'), fileName: 'first.txt' });
    assert.equal(
      await readFile(setting.checksumsFile, 'utf8'),
      `${server.url('/a')}\t1\t${sha256('a')}\tfirst.txt\n${server.url('/b')}\t${content.length}\t${sha256(content)}\tb\n`,
    );
    await setting.download(server.url('/b'), { mode: 'verify' });
    assert.equal(server.requests('/b'), 1);
  });

  it('follows redirects, but not for ever, and sends credentials to their own host alone', async () => {
    const other = new FileServer();
    await other.start();
    try {
      other.serve('/there', content);
      server.on('/here', (_, response) => response.writeHead(302, { location: other.url('/there') }).end());
      const { path, url } = await setting.download(server.url('/here').replace('//', '//ann:s3cret@'));
      assert.deepEqual(await bytesOf(path), content);
      assert.equal(server.seen[0]?.headers.authorization, `Basic ${Buffer.from('ann:s3cret').toString('base64')}`);
      assert.equal(other.seen[0]?.headers.authorization, undefined);
      assert.ok(!url.includes('s3cret'));
      server.on('/loop', (_, response) => response.writeHead(301, { location: '/loop' }).end());
      assert.match((await setting.refusal(server.url('/loop'))).message, /redirects more than 10 times/);
    } finally {
      await other.stop();
    }
  });

  it('shows no credentials and no signatures, wherever it fails', async () => {
    const secrets = 'token=t0ps3cret&X-Amz-Signature=s1gned&part=7';
    const error = await setting.refusal(`${server.url('/no').replace('//', '//ann:pa55@')}?${secrets}`);
    const shown = JSON.stringify([error.message, error.hint, error.at, String(error.cause)]);
    assert.doesNotMatch(shown, /t0ps3cret|s1gned|pa55|ann/);
    assert.match(shown, /part=7/);
    assert.equal(server.seen[0]?.url, `/no?${secrets}`);
  });

  it('of many files uses four connections a host, and keeps what came when one of them fails', async () => {
    let open = 0;
    let most = 0;
    for (let index = 0; index < 12; index++) {
      server.on(`/many/${index}`, (_, response) => {
        most = Math.max(most, ++open);
        setTimeout(() => {
          open--;
          response.writeHead(index === 3 ? 404 : 200).end(`file ${index}`);
        }, 30);
      });
    }
    const requests = Array.from({ length: 12 }, (_, index) => checkRequest(server.url(`/many/${index}`)));
    await assert.rejects(openDownloads(setting.settings())(requests), { code: 'DOWNLOAD_FAILED' });
    assert.equal(most, 4);
    assert.equal((await readFile(setting.checksumsFile, 'utf8')).split('\n').length, 12);
    assert.deepEqual((await readdir(join(setting.directory, 'partial'))).length, 1);
  });

  it('goes through a proxy, except to hosts that need none', async () => {
    const proxy = new FileServer();
    await proxy.start();
    try {
      server.serve('/behind', 'direct');
      proxy.on('http://nowhere.example/data', (_, response) => response.end('through the proxy'));
      const env = { http_proxy: proxy.url('').replace('//', '//pat:w0rd@'), NO_PROXY: '.example.org,127.0.0.1' };
      const { path } = await setting.download('http://nowhere.example/data', { env });
      assert.equal(await readFile(path, 'utf8'), 'through the proxy');
      assert.equal(
        proxy.seen[0]?.headers['proxy-authorization'],
        `Basic ${Buffer.from('pat:w0rd').toString('base64')}`,
      );
      await setting.download(server.url('/behind'), { env });
      assert.equal(proxy.seen.length, 1);
    } finally {
      await proxy.stop();
    }
  });

  it('stops at once when it is interrupted, and goes on the next time', async () => {
    server.on('/slow', (request, response, attempt) => {
      if (attempt > 1) serveBytes(request, response, content, '"v1"');
      else {
        response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
        response.write(content.subarray(0, 300_000));
      }
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const error = await setting.refusal(server.url('/slow'), { signal: controller.signal });
    assert.equal(error.code, 'INTERRUPTED');
    assert.deepEqual(await bytesOf((await setting.download(server.url('/slow'))).path), content);
    assert.equal(server.seen[1]?.headers.range, 'bytes=300000-');
  });
});
