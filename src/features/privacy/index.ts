export { applyPrivacy } from './apply-privacy.js';
export { type SecretResolver, secretsOfEnvironment } from './secrets.js';
