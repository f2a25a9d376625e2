export {
  Crc32c,
  crc32c,
  extendCrc32c,
  extendCrc32cByWord,
  maskCrc32c,
  maskedCrc32c,
  maskedCrc32cOfView,
} from './crc32c.js';
export { shiftCrc32c } from './crc32c-shift.js';
export { XxHash64 } from './xxhash64.js';
