export {
  type ArchiveMembersOptions,
  archiveMembers,
  type MemberBytes,
  type MemberText,
} from './archive-members/archive-members.js';
export { arrow } from './arrow/arrow.js';
export type { ArrowOptions } from './arrow/arrow-options.js';
export type { BadRow, BadRowLimit, BadRowOptions } from './bad-rows/bad-row.js';
export { type ColumnBatch, hasCells, type RowBatch } from './columns/column-batch.js';
export { columnsReader, type ReadColumns } from './columns/read-columns.js';
export { type CsvOptions, csv } from './csv/csv.js';
export type { CsvBaseType, CsvRow, CsvType, CsvTypes, CsvValue } from './csv/csv-types.js';
export type { DownloadedFiles } from './files/downloaded-files.js';
export { directoryTree, expandGlob } from './files/glob.js';
export type { FileLocation } from './files/location.js';
export { type NpmFile, npmFile } from './files/npm-file.js';
export type { FileReference } from './files/resolve-files.js';
export { locationsOf, moveLocations } from './files/shard-locations.js';
export { type IdxFields, type IdxItem, idx } from './idx/idx.js';
export type { IdxArray } from './idx/idx-items.js';
export type { FieldFacts, FieldType, NearlyOfType } from './infer/field-facts.js';
export { csvTypeOf, type InferOptions, inferFields } from './infer/infer-fields.js';
export { parquet } from './parquet/parquet.js';
export type { ParquetOptions } from './parquet/parquet-options.js';
export { findPublished } from './published/find-published.js';
export { lineageOf, type UpstreamVersion } from './published/lineage.js';
export {
  type PublishedClass,
  type PublishedClassOptions,
  type PublishedOptions,
  published,
} from './published/published.js';
export type { PublishedExample, PublishedValue } from './published/published-example.js';
export type { PublishedRegistries, PublishedRequest, PublishedVersion } from './published/published-request.js';
export { publishedKey, registryOf, requestKey } from './published/request-registry.js';
export type {
  ExtractFile,
  GivenExtract,
  GivenExtracts,
  GivenStates,
  GivenTable,
  RetainedResult,
  RetentionChoice,
  RetentionRules,
} from './retention.js';
export { type PlacedRow, withPlaces } from './row-places.js';
export { type FileBytes, type FileText, files } from './small-files.js';
export {
  type AskedQuery,
  type ElementOf,
  isRemoteSource,
  type QueryRecord,
  type RowPlace,
  type Source,
  type SourceBatch,
  type SourceContext,
  type SourceShard,
  type SourceState,
} from './source.js';
export { inferQuery, type QueryFacts } from './sql/infer-query.js';
export type { SqlParameter, SqlParameters, TypedParameter } from './sql/parameters.js';
export type { SqlQuery } from './sql/query.js';
export type { ResultPart } from './sql/result-part.js';
export { type SqlOptions, sql } from './sql/sql.js';
export type { SqlRow, SqlType, SqlTypes } from './sql/sql-types.js';
export type { SqlTable, SqlTables } from './sql/tables.js';
export type { UnsafeIntegers } from './text/exact-json.js';
export { type JsonOptions, json } from './text/json.js';
export { type JsonlOptions, jsonl } from './text/jsonl.js';
export type { LineFileOptions } from './text/line-files.js';
export { textLines } from './text/text-lines.js';
export type { ExampleFields, ExampleRow } from './tfrecord/example-fields.js';
export { type TFRecordOptions, tfrecord } from './tfrecord/tfrecord.js';
