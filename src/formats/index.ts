/**
 * File formats, in terms of leaves, rows and column batches: TFRecord, tf.Example, Arrow IPC stream.
 */

export { Crc32c, crc32c, maskedCrc32c } from '../core/checksum/index.js';
export { type ArrowArray, aligned } from './arrow/array.js';
export { type ArrowBatchPlace, openArrow } from './arrow/arrow-reader.js';
export { arrowSchemaOf } from './arrow/arrow-schema.js';
export { toArrowTable } from './arrow/arrow-table.js';
export {
  type ArrowSchema,
  type ArrowWriter,
  createArrowRowWriter,
  createArrowWriter,
} from './arrow/arrow-writer.js';
export { bitAt } from './arrow/bits.js';
export { type ArrowTimeUnit, type Field, type ForeignType, typeName } from './arrow/field.js';
export { streamRange } from './arrow/file-footer.js';
export { type FoundBatch, findBatches } from './arrow/find-batches.js';
export { type IpcColumns, type IpcDictionary, IpcReader } from './arrow/ipc-reader.js';
export { readMessage } from './arrow/message-reader.js';
export { endOfStream } from './arrow/message-writer.js';
export type { RangeSource } from './arrow/stream-reader.js';
export type { BatchPlace, BatchReader } from './batch-reader.js';
export { type ColumnBuilder, createColumnBuilder } from './columns/column-builder.js';
export { float16ToFloat32Bits } from './columns/float-bits.js';
export type { RowWriter } from './columns/row-batcher.js';
export { type ColumnsDescription, describeColumns } from './describe-columns.js';
export { exampleSlackBytes } from './example/example-target.js';
export { createExampleWriter, type ExampleWriter } from './example/example-writer.js';
export { ExampleSurvey, type SurveyedFeature } from './example/survey-examples.js';
export { type ChunkSink, createFileSink, type FileDigest, type FileSink } from './file-sink.js';
export { openColumns } from './open-columns.js';
export type { ParquetCompression } from './parquet/codec.js';
export { type ParquetOptions, type ParquetWriters, parquetWriters } from './parquet/parquet-writer.js';
export { RecordHash } from './record-hash.js';
export {
  findKeyHash,
  IndexBlock,
  type IndexBlockRange,
  type IndexHeader,
  indexBlockCount,
  indexBlockRange,
  indexHeaderBytes,
  type RecordIndex,
  type RecordPlace,
  readIndex,
  readIndexHeader,
} from './record-index.js';
export { RecordIndexWriter } from './record-index-writer.js';
export { frameHeaderBytes, frameOverheadBytes } from './tfrecord/frame.js';
export {
  type RecordBlock,
  readTFRecords,
  TFRecordReader,
  type TFRecordReadOptions,
  TFRecordScanner,
} from './tfrecord/reader.js';
export { createTFRecordWriter, type TFRecordWriter, type TFRecordWriterOptions } from './tfrecord/writer.js';
