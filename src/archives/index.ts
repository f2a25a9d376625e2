export { type ArchiveFormat, type Extracted, type Extraction, extractArchive } from './extract-archive.js';
export type { ExtractionLimits } from './extraction-limit.js';
