export { Crc32c, crc32c, maskedCrc32c, maskedCrc32cOfView } from './crc32c.js';
export { XxHash64 } from './xxhash64.js';
