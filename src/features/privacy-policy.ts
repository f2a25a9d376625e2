/** What happens to a feature marked `pii`. */
export type PrivacyPolicy =
  | { readonly policy: 'drop' }
  | { readonly policy: 'mask'; readonly with?: string }
  /** `secret` is a reference, never the secret itself: `env:NAME`. */
  | { readonly policy: 'pseudonymise'; readonly algorithm: 'hmac-sha256'; readonly secret: string }
  | { readonly policy: 'keep'; readonly reason: string };

/**
 * The policy that leaves a feature out of what is stored; authors still provide it.
 *
 * @example
 * ```ts
 * const privacy = { ip_address: drop(), user_id: pseudonymise('hmac-sha256'), name: mask(), country: keep('not personal alone') };
 * ```
 */
export function drop(): PrivacyPolicy {
  return { policy: 'drop' };
}

/** The policy that stores the same text for every value, `***` unless another is given. */
export function mask(text?: string): PrivacyPolicy {
  return text === undefined ? { policy: 'mask' } : { policy: 'mask', with: text };
}

/** Where `pseudonymise` looks for the secret unless it is told otherwise. */
const defaultSecret = 'env:AILAB_DATASETS_PSEUDONYM_SECRET';

/**
 * The policy that stores a keyed hash in place of a value: equal values stay equal, and nobody without the secret can tell what they were.
 *
 * @param secret a reference, `env:NAME`; the same secret gives the same pseudonyms in every data set
 */
export function pseudonymise(algorithm: 'hmac-sha256', secret = defaultSecret): PrivacyPolicy {
  return { policy: 'pseudonymise', algorithm, secret };
}

/** The policy that stores values as they are, for a reason that the owner answers for. */
export function keep(reason: string): PrivacyPolicy {
  return { policy: 'keep', reason };
}
