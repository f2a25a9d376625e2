export { type ArchiveFormat, type Extracted, type Extraction, extractArchive, writeMember } from './extract-archive.js';
export { ExtractionLimit, type ExtractionLimits } from './extraction-limit.js';
export { type Member, shown, unsafe } from './member.js';
export type { RandomAccess } from './random-access.js';
export { scanTar, type TarMember, tarMembers } from './tar.js';
export { readZipMember, zipMember, zipMembersOf } from './zip.js';
export { readZipDirectory, type ZipEntry } from './zip-directory.js';
