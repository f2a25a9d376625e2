import { type FileHandle, open } from 'node:fs/promises';
import { Crc32c } from '../../core/checksum/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { storageError } from '../storage-error.js';
import { repeat } from './attempts.js';
import type { BucketObjects, Creation } from './bucket-objects.js';
import type { GcsSettings } from './gcs-settings.js';
import { MultipartDraft } from './multipart-body.js';
import type { ObjectResource } from './object-resource.js';
import { damagedReason, RequestFailure } from './request-failure.js';
import { ResumableUpload } from './resumable-upload.js';

/** Sends a content that fits one request. */
export function insertContent(
  objects: BucketObjects,
  name: string,
  content: Uint8Array,
  creation: Creation,
): Promise<ObjectResource> {
  const draft = new MultipartDraft(content.length);
  draft.content.set(content);
  return insertDraft(objects, name, draft, creation);
}

function insertDraft(
  objects: BucketObjects,
  name: string,
  draft: MultipartDraft,
  creation: Creation,
): Promise<ObjectResource> {
  return objects.insert(name, draft, new Crc32c().update(draft.content).digestBase64(), creation);
}

/**
 * Sends a local file: in one request where it is small, else in parts.
 *
 * @param expected its crc32c, as a manifest states it.
 * @throws RequestFailure; DatasetsError DATA_CORRUPT where the file has another checksum, STORAGE_FAILED where it can't be read.
 */
export async function uploadFile(
  objects: BucketObjects,
  settings: GcsSettings,
  name: string,
  localFile: string,
  expected: string | undefined,
): Promise<void> {
  const handle = await open(localFile, 'r').catch((cause: unknown) => {
    throw storageError(cause, 'open', localFile);
  });
  try {
    const file = { handle, path: localFile, bytes: (await handle.stat()).size, expected };
    if (file.bytes <= settings.partBytes) return await uploadWhole(objects, settings, name, file);
    for (let mismatches = 0; ; mismatches++) {
      try {
        return await uploadParts(objects, settings, name, file);
      } catch (error) {
        const changed = error instanceof RequestFailure && error.reason === damagedReason;
        if (!changed || mismatches === maxMismatches) throw error;
      }
    }
  } finally {
    await handle.close();
  }
}

/** Uploads in parts whose bytes changed on their way before that is taken for more than an accident. */
const maxMismatches = 4;

interface LocalFile {
  readonly handle: FileHandle;
  readonly path: string;
  readonly bytes: number;
  readonly expected: string | undefined;
}

async function uploadWhole(
  objects: BucketObjects,
  settings: GcsSettings,
  name: string,
  file: LocalFile,
): Promise<void> {
  const draft = new MultipartDraft(file.bytes);
  await fill(file, draft.content, 0);
  checkFile(file, new Crc32c().update(draft.content).digestBase64());
  await repeat(settings, () => insertDraft(objects, name, draft, {}));
}

async function uploadParts(
  objects: BucketObjects,
  settings: GcsSettings,
  name: string,
  file: LocalFile,
): Promise<void> {
  const upload = await ResumableUpload.start(objects, settings, name, file.expected);
  const buffer = Buffer.allocUnsafeSlow(settings.partBytes);
  const crc = new Crc32c();
  let offset = 0;
  for (; file.bytes - offset > buffer.length; offset += buffer.length) {
    await fill(file, buffer, offset);
    crc.update(buffer);
    await upload.send(buffer);
  }
  const last = buffer.subarray(0, file.bytes - offset);
  await fill(file, last, offset);
  const crc32c = crc.update(last).digestBase64();
  checkFile(file, crc32c);
  await checkUploaded(objects, settings, await upload.finish(last), crc32c);
}

/**
 * Looks whether the server has the bytes that were sent. An object that differs is deleted; it may have been seen for a moment.
 *
 * @throws RequestFailure
 */
export async function checkUploaded(
  objects: BucketObjects,
  settings: GcsSettings,
  { name, generation, crc32c }: ObjectResource,
  sent: string,
): Promise<void> {
  if (crc32c === sent) return;
  await repeat(settings, () => objects.delete(name, generation)).catch((error: unknown) => {
    // It is gone, or another object is in its place: an earlier attempt may have deleted it and its reply been lost.
    const gone = error instanceof RequestFailure && (error.status === 404 || error.status === 412);
    if (!gone) throw error;
  });
  throw new RequestFailure(`what arrived has crc32c ${crc32c}, not ${sent}`, { reason: damagedReason });
}

function checkFile({ path, expected }: LocalFile, crc32c: string): void {
  if (expected === undefined || expected === crc32c) return;
  throw new DatasetsError('DATA_CORRUPT', `${path} has crc32c ${crc32c}, not ${expected}`, {
    hint: 'The file changed after it was written. Build the version again.',
    at: { file: path },
  });
}

async function fill({ handle, path }: LocalFile, target: Buffer, position: number): Promise<void> {
  let read = 0;
  try {
    while (read < target.length) {
      const { bytesRead } = await handle.read(target, read, target.length - read, position + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
  } catch (cause) {
    throw storageError(cause, 'read', path);
  }
  if (read === target.length) return;
  throw new DatasetsError('STORAGE_FAILED', `${path} became shorter while it was read`, {
    hint: 'Let nothing else write to it, and run again.',
    at: { file: path, offset: position + read },
  });
}
