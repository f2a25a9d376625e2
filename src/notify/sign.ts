import { createHmac } from 'node:crypto';
import { FetchFailure } from '../core/http/index.js';

/** Bytes of a key: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. */
const leastKeyBytes = 24;
const mostKeyBytes = 64;

/**
 * The headers by which a receiver knows who sent a message, and when: `webhook-id`, `webhook-timestamp`, `webhook-signature` of Standard Webhooks, `v1` (HMAC-SHA256).
 *
 * @param secret `whsec_` and a key in base64; without the prefix it is the same
 * @throws FetchFailure for a secret that is none; it doesn't quote it
 */
export function signatureHeaders(
  secret: string,
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Date },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: string): Buffer {
  const text = secret.trim().replace(/^whsec_/, '');
  const key = Buffer.from(text, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (isBase64 && key.length >= leastKeyBytes && key.length <= mostKeyBytes) return key;
  throw new FetchFailure(
    `its secret is not whsec_ and ${leastKeyBytes} to ${mostKeyBytes} bytes in base64 (make one: echo "whsec_$(openssl rand -base64 32)")`,
    false,
  );
}
