import { createHmac } from 'node:crypto';
import type { PrivacyPolicy } from '../privacy-policy.js';
import type { SecretResolver } from './secrets.js';

/** hex(HMAC-SHA-256(secret, text or bytes)); integers by their decimal text, so that 1 and 1n agree. Undefined for anything else. */
export function pseudonymiser(secret: string): (value: unknown) => string | undefined {
  return (value) => {
    if (value instanceof Uint8Array) return createHmac('sha256', secret).update(value).digest('hex');
    const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
    if (typeof value !== 'string' && !isInteger) return undefined;
    return createHmac('sha256', secret).update(String(value), 'utf8').digest('hex');
  };
}

/**
 * Replaces the keys of examples before they are hashed, where they are made of personal data whose policy is to pseudonymise it.
 *
 * @param kind what the builder's `keyPii` names
 * @returns undefined where keys stay as they are. The function leaves alone what is no key at all: the writers refuse it.
 * @throws {DatasetsError} PRIVACY_POLICY_MISSING when the secret is missing
 */
export function keyPseudonymiser(
  kind: string | undefined,
  privacy: Readonly<Record<string, PrivacyPolicy>>,
  secrets: SecretResolver,
): (<K>(key: K) => K | string) | undefined {
  const policy = kind === undefined || !Object.hasOwn(privacy, kind) ? undefined : privacy[kind];
  if (policy?.policy !== 'pseudonymise') return undefined;
  const replace = pseudonymiser(secrets(policy.secret));
  return (key) => replace(key) ?? key;
}
