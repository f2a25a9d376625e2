export { applyPrivacy } from './apply-privacy.js';
export { hidePrivate } from './hide-private.js';
export { privacyKeyIds } from './key-ids.js';
export { personalDataIn } from './personal-data.js';
export { keyPseudonymiser } from './pseudonymise.js';
export { type SecretResolver, secretsOfEnvironment } from './secrets.js';
