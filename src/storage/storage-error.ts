import { DatasetsError } from '../core/errors/index.js';

/** The system's code of a failed call (`ENOSPC`), if it has one. */
export function systemErrorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

/**
 * What a failed system call means for the user: a full disk or quota has a code of its own, because there the next thing to do is clear.
 *
 * @param verb what was tried: `write`.
 */
export function storageError(cause: unknown, verb: string, path: string): DatasetsError {
  if (cause instanceof DatasetsError) return cause;
  const code = systemErrorCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DatasetsError('STORAGE_FULL', `no space left to ${verb} ${path}`, {
      hint: 'Free space, or choose another directory for the registry.',
      cause,
      at: { file: path },
    });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetsError('STORAGE_FAILED', `could not ${verb} ${path}: ${reason}`, {
    hint: code === undefined ? 'See the cause.' : (hints[code] ?? 'See the cause.'),
    cause,
    at: { file: path },
  });
}

const hints: Readonly<Record<string, string>> = {
  ENOENT: 'Check that it exists and was not deleted meanwhile.',
  EACCES: 'Check the permissions of the file and of the directories above it.',
  EPERM: 'Check the permissions of the file and of the directories above it.',
  EXDEV: 'Both places must lie on one file system: a rename is what makes a version appear at once.',
  EROFS: 'The file system is mounted read-only.',
  EMFILE: 'This process has too many files open; raise the limit with ulimit -n.',
  EIO: 'The disk or the network file system reported a fault.',
};
