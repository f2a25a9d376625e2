import { DatasetsError } from '../../src/core/errors/index.js';
import { checkRequest, type DownloadRequest, downloadedFiles, openDownloads } from '../../src/downloads/index.js';

/** A process that downloads: what it gets, or the error's code and message, is printed as JSON. */
const [directory = '', text = '{}'] = process.argv.slice(2);
try {
  const fetch = openDownloads({
    dataset: 'sample',
    directory,
    checksumsFile: `${directory}/checksums.tsv`,
    mode: 'register',
    signal: new AbortController().signal,
    maxDownloadBytes: 2 ** 30,
    maxExtractedBytes: 2 ** 30,
    maxExtractionRatio: 200,
    fetch: { firstDelayMilliseconds: 5, maxDelayMilliseconds: 20, maxAttempts: 2 },
  });
  const records = await fetch([checkRequest(JSON.parse(text) as DownloadRequest)]);
  console.log(JSON.stringify(records.map((record) => downloadedFiles(record, directory))[0]));
} catch (error) {
  if (!(error instanceof DatasetsError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
