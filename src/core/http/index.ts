export { connectionFailure, FetchFailure, isPassingStatus, retryAfterMilliseconds } from './fetch-failure.js';
export { basicCredentials, type Environment, openRequest, portOf, proxyFor } from './proxy.js';
