import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { Crc32c } from '../../../core/checksum/index.js';
import { DatasetsError, internalError } from '../../../core/errors/index.js';
import { inParallel, storageError } from '../../../storage/index.js';
import type { ShardResult, WrittenFile } from '../../../writers/index.js';
import type { SplitOutput } from '../../engine.js';
import { makeDirectory } from './attempt-files.js';
import { BucketFiles } from './bucket-files.js';
import type { WorkFiles } from './work-files.js';
import { placeInAttempt } from './work-names.js';

const filesAtOnce = 4;
const statsAtOnce = 32;
/** Reading so much takes no longer than asking for the checksum. */
const cheapBytes = 1 << 20;

/**
 * Brings the shards that workers wrote into the directory of the version, and checks them there: sizes, both checksums, and how many examples they hold.
 *
 * @param directory absolute: `BuildJob.outputDirectory`.
 * @returns the splits, their files in that directory.
 * @throws DatasetsError DATA_CORRUPT for a file that is not what its worker wrote.
 */
export async function takeShards(
  files: WorkFiles,
  splits: readonly SplitOutput[],
  directory: string,
): Promise<readonly SplitOutput[]> {
  checkExamples(splits);
  const written = filesOf(splits);
  for (const folder of new Set(written.map(({ path }) => dirname(placed(directory, path)))))
    await makeDirectory(folder);
  await inParallel(written, filesAtOnce, async (file) => {
    const path = placed(directory, file.path);
    await files.take(file.path, path);
    await checkContent({ ...file, path });
  });
  return splits.map((split) => withPlaces(split, directory));
}

/** Shards that stay where workers wrote them. */
export interface LeftShards {
  /** Their files are named as if they lay in the directory of the version. */
  readonly splits: readonly SplitOutput[];
  /** Their URLs, by their paths in the version. */
  readonly urls: ReadonlyMap<string, string>;
}

/**
 * The same for shards in a bucket that are published by copies which the server makes: their sizes and CRC-32C are the server's, and only small ones are read for their sha256.
 *
 * @throws DatasetsError DATA_CORRUPT
 */
export async function leaveShards(
  files: WorkFiles,
  splits: readonly SplitOutput[],
  directory: string,
): Promise<LeftShards> {
  if (!(files instanceof BucketFiles)) throw internalError('shards in a directory are taken into the version');
  checkExamples(splits);
  const written = filesOf(splits);
  await inParallel(written, statsAtOnce, (file) => checkObject(files, file));
  const urls = new Map(written.map(({ path }) => [placeInAttempt(path), `${files.location}/${path}`]));
  if (urls.size < written.length) throw internalError('two files of shards have one path in the version');
  return { splits: splits.map((split) => withPlaces(split, directory)), urls };
}

function filesOf(splits: readonly SplitOutput[]): readonly WrittenFile[] {
  return splits.flatMap(({ shards }) => shards.flatMap((shard) => shard.files));
}

function placed(directory: string, name: string): string {
  return join(directory, placeInAttempt(name));
}

function withPlaces(split: SplitOutput, directory: string): SplitOutput {
  const inVersion = (file: WrittenFile) => ({ ...file, path: placed(directory, file.path) });
  return { ...split, shards: split.shards.map((shard) => ({ ...shard, files: shard.files.map(inVersion) })) };
}

function checkExamples(splits: readonly SplitOutput[]): void {
  for (const { name, examples, shards } of splits) {
    const written = shards.reduce((sum, shard) => sum + shard.examples, 0);
    if (written !== examples)
      throw internalError(`the shards of split ${name} hold ${written} examples, and ${examples} were planned`);
    const uneven = shards.find(isUneven);
    if (uneven !== undefined)
      throw internalError(`the files of shard ${uneven.shard} of split ${name} hold different examples`);
  }
}

function isUneven({ examples, files }: ShardResult): boolean {
  return files.some((file) => file.examples !== examples);
}

async function checkObject(files: BucketFiles, file: WrittenFile): Promise<void> {
  const place = `${files.location}/${file.path}`;
  const { bytes, crc32c } = await files.stat(file.path);
  if (bytes !== file.bytes) throw notAsWritten(place, `${bytes} bytes`, `${file.bytes}`);
  if (crc32c !== file.crc32c) throw notAsWritten(place, `crc32c ${crc32c}`, file.crc32c);
  if (bytes > cheapBytes) return;
  const sha256 = createHash('sha256')
    .update(await files.get(file.path))
    .digest('hex');
  if (sha256 !== file.sha256) throw notAsWritten(place, `sha256 ${sha256}`, file.sha256);
}

async function checkContent({ path, bytes, crc32c, sha256 }: WrittenFile): Promise<void> {
  const crc = new Crc32c();
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
      crc.update(block);
      hash.update(block);
      read += block.length;
    }
  } catch (cause) {
    throw storageError(cause, 'read', path);
  }
  if (read !== bytes) throw notAsWritten(path, `${read} bytes`, `${bytes}`);
  const found = crc.digestBase64();
  if (found !== crc32c) throw notAsWritten(path, `crc32c ${found}`, crc32c);
  const digest = hash.digest('hex');
  if (digest !== sha256) throw notAsWritten(path, `sha256 ${digest}`, sha256);
}

function notAsWritten(file: string, found: string, written: string): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} has ${found}, and its worker wrote ${written}`, {
    hint: 'Something else wrote to the work location, or a disk is damaged. Nothing was published; run the build again.',
    at: { file },
  });
}
