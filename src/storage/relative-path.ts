import { DatasetsError } from '../core/errors/index.js';

/** Whether a path stays inside its directory on every system: relative, with `/`, no empty, `.` or `..` part, no NUL. */
export function isRelativePath(path: string): boolean {
  if (path.includes('\0') || path.includes('\\') || /^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** @throws DatasetsError STORAGE_FAILED for a path that could leave `location`. */
export function checkRelativePath(path: string, location: string): void {
  if (isRelativePath(path)) return;
  throw new DatasetsError('STORAGE_FAILED', `${JSON.stringify(path)} is no path inside ${location}`, {
    hint: 'Paths in a registry are relative, with /, and hold no part that is empty, . or ...',
    at: { file: path },
  });
}
