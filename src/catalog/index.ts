export { type CardSplit, type CardVersion, type DatasetCard, describeDataset } from './describe-dataset.js';
export { type FindOptions, findVersion, locateReference, shardPaths } from './find-version.js';
export { type DatasetEntry, listDatasets } from './list-datasets.js';
export { type SchemaField, schemaFields } from './schema/schema-fields.js';
export { type ShownExamples, showExamples } from './show-examples.js';
export { versionForSnippet } from './snippet/describe-version.js';
export { trainerSnippet } from './snippet/snippet.js';
export { type SnippetTarget, type SnippetVersion, snippetTargets } from './snippet/snippet-version.js';
export { publishedReferences, type VerifyReferenceOptions, verifyReference } from './verify-reference.js';
