import type { Benchmark } from '../benchmark.js';
import { beamWorker } from './beam.js';
import { beamBuilds } from './beam-builds.js';
import { bothFormats, huggingFace, mnist, productB, wide } from './builds.js';
import { cache } from './cache.js';
import { diff } from './diff.js';
import { gcs } from './gcs.js';
import { reading } from './reading.js';
import { resume } from './resume.js';
import { slowWorkers, tenfold, workers } from './scaling.js';
import { startUp } from './start-up.js';
import { storageRead } from './storage-read.js';
import { csvMemory, parquetTable, tableBenchmarks } from './tables.js';

/** Every comparison, in the order of docs/benchmarks.md. */
export const benchmarks: readonly Benchmark[] = [
  productB,
  bothFormats,
  mnist,
  huggingFace,
  wide,
  ...tableBenchmarks,
  parquetTable,
  csvMemory,
  storageRead,
  reading,
  cache,
  workers,
  slowWorkers,
  tenfold,
  startUp,
  resume,
  diff,
  gcs,
  beamWorker,
  beamBuilds,
];
