/** What happens to a feature marked `pii`. */
export type PrivacyPolicy =
  | { readonly policy: 'drop' }
  | { readonly policy: 'mask'; readonly with?: string }
  /** `secret` is a reference, never the secret itself: `env:NAME`. */
  | { readonly policy: 'pseudonymise'; readonly algorithm: 'hmac-sha256'; readonly secret: string }
  | { readonly policy: 'keep'; readonly reason: string };
