import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { storageError } from '../../storage/index.js';
import { decodeValue, encodeValue } from '../../values/index.js';

/** Begins every record; another number for another layout. */
const magic = Buffer.from('ailabJ1\n');
const headerBytes = magic.length + 4;

/** A record: the magic, the CRC-32 of what follows, little-endian, and the value in its canonical encoding. */
export function encodeRecord(value: unknown): Buffer {
  const payload = encodeValue(value);
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(crc32(payload), magic.length);
  return Buffer.concat([header, payload]);
}

/** The value of a record; undefined when it is damaged. */
export function decodeRecord(bytes: Buffer): unknown {
  if (bytes.length <= headerBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const payload = bytes.subarray(headerBytes);
  return crc32(payload) === bytes.readUInt32LE(magic.length) ? decodeValue(payload) : undefined;
}

/**
 * Writes one record of the journal.
 *
 * It appears whole or not at all, also when the process is killed. It is not synced: what a power cut leaves of it does not pass the check of its sum.
 *
 * @throws DatasetsError STORAGE_FULL, STORAGE_FAILED
 */
export function writeRecord(file: string, value: unknown): void {
  const record = encodeRecord(value);
  const temporary = `${file}.new`;
  try {
    writeFileSync(temporary, record);
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw storageError(cause, 'write', file);
  }
}

/** A record's value; undefined when there is none, or when it is damaged: what it told of is then done again. */
export function readRecord(file: string): unknown {
  try {
    return decodeRecord(readFileSync(file));
  } catch {
    // Whatever is wrong with it, the work is done again.
    return undefined;
  }
}
