export { connectionFailure, FetchFailure, isPassingStatus, retryAfterMilliseconds } from './fetch-failure.js';
export { openRequest } from './open-request.js';
export { basicCredentials, type Environment, portOf, proxyFor } from './proxy.js';
