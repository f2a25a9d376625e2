export { type BeamConnection, beamConnection } from './beam-connection.js';
export * from './beam-settings.js';
export { parseByteSize } from './byte-size.js';
export * from './dataflow-settings.js';
export { configFileVariable, variableOf } from './environment.js';
export { configFileNames, findConfigFile } from './find-config-file.js';
export { type LoadConfigOptions, loadConfig } from './load-config.js';
export * from './notification-settings.js';
export { isPlaceholder, type TemplatePlaceholder, templateParts } from './notification-template.js';
export { type ConfigOrigin, nameInOrigin } from './origin.js';
export { findProjectRoot, lockFileNames, type ProjectRoot } from './project-root.js';
export { registryPlace, withRegistry } from './resolve-registry.js';
export { datasetFolders, type ResolvedConfig } from './resolved-config.js';
export * from './settings.js';
export {
  isEndpoint,
  parseWorkerEnvironment,
  type WorkerEnvironmentChoice,
  workerEnvironmentForms,
} from './worker-environment.js';
