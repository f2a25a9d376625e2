import { createHmac } from 'node:crypto';
import type { PrivacyPolicy } from '../privacy-policy.js';
import type { SecretResolver } from './secrets.js';

/**
 * Which secrets policies use, by kind of personal data: an id tells that another secret is in use, and nothing of the secret.
 *
 * @throws {DatasetsError} PRIVACY_POLICY_MISSING when a secret is missing
 */
export function privacyKeyIds(
  privacy: Readonly<Record<string, PrivacyPolicy>>,
  secrets: SecretResolver,
): Readonly<Record<string, string>> {
  const ids = Object.entries(privacy).flatMap(([kind, policy]) =>
    policy.policy === 'pseudonymise' ? [[kind, idOf(secrets(policy.secret))] as const] : [],
  );
  return Object.fromEntries(ids.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function idOf(secret: string): string {
  return createHmac('sha256', secret).update('ailab-datasets key id').digest('hex').slice(0, 16);
}
