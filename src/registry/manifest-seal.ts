import { createHash } from 'node:crypto';
import { formatJson } from './format-json.js';

/**
 * The last lines of a manifest hold the digest of all that stands before them, so that a bit which flips anywhere in it is found as in
 * any other file. They have one length and one form: a flip in them is a form that doesn't fit.
 *
 *     {
 *       …,                                      the sealed bytes: up to the comma before "selfDigest"
 *       "selfDigest": "<sha256, lower-case hex>"
 *     }
 */
const tail = /^,\n {2}"selfDigest": "([0-9a-f]{64})"\n\}\n$/;
const tailBytes = 87;
const openEnd = '\n}\n';

/** A JSON object as text that ends with its own digest. */
export function sealJson(value: object): string {
  const body = formatJson(value).slice(0, -openEnd.length);
  return `${body},\n  "selfDigest": "${digestOf(Buffer.from(body))}"${openEnd}`;
}

/** `whole`: every byte is as it was sealed. `broken`: it ends with a digest, which is another one. `missing`: it doesn't end with a digest. */
export function sealOf(bytes: Uint8Array): 'whole' | 'broken' | 'missing' {
  const end = Math.max(0, bytes.length - tailBytes);
  const digest = sealedDigest(bytes);
  if (digest === undefined) return 'missing';
  return digest === digestOf(bytes.subarray(0, end)) ? 'whole' : 'broken';
}

/** The digest that sealed JSON ends with, where it is that of its bytes; undefined for any other bytes. */
export function selfDigestOf(bytes: Uint8Array): string | undefined {
  return sealOf(bytes) === 'whole' ? sealedDigest(bytes) : undefined;
}

function sealedDigest(bytes: Uint8Array): string | undefined {
  const end = Math.max(0, bytes.length - tailBytes);
  return tail.exec(Buffer.from(bytes.subarray(end)).toString('latin1'))?.[1];
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
