export { findVersion, shardPaths } from './find-version.js';
export { type DatasetEntry, listDatasets } from './list-datasets.js';
export { type SchemaField, schemaFields } from './schema/schema-fields.js';
export { snippetVersion } from './snippet/describe-version.js';
export { trainerSnippet } from './snippet/snippet.js';
export { type SnippetTarget, type SnippetVersion, snippetTargets } from './snippet/snippet-version.js';
