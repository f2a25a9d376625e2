export { applyPrivacy } from './apply-privacy.js';
export { hidePrivate } from './hide-private.js';
export { type SecretResolver, secretsOfEnvironment } from './secrets.js';
