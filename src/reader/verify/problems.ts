import { DatasetsError, type ErrorCode } from '../../core/errors/index.js';

/** Something that is wrong with a version. */
export interface VerifyProblem {
  readonly code: ErrorCode;
  /** Inside the version's directory, with `/`. */
  readonly file: string;
  /** Byte offset in the file, where it is known. */
  readonly offset: number | undefined;
  readonly message: string;
}

/** What says nothing about the version: it was not read. */
const notOfTheData: ReadonlySet<ErrorCode> = new Set([
  'INTERRUPTED',
  'STORAGE_UNREACHABLE',
  'STORAGE_DENIED',
  'STORAGE_FULL',
  'CREDENTIALS_MISSING',
  'BUCKET_UNKNOWN',
  'PEER_MISSING',
  'INTERNAL',
]);

/** Gathers what is wrong instead of stopping at the first. */
export class Problems {
  readonly list: VerifyProblem[] = [];
  #shown = (message: string): string => message;

  /** Names what was fetched into `folder` by where it came from. */
  showAs(folder: string, location: string): void {
    this.#shown = (message) => message.replaceAll(folder, location);
  }

  add(file: string, message: string, offset?: number): void {
    this.list.push({ code: 'DATA_CORRUPT', file, offset, message });
  }

  addError(file: string, { code, at, message }: DatasetsError): void {
    this.list.push({ code, file, offset: at.offset, message: this.#shown(message) });
  }

  /**
   * Runs one check; what it throws of ours is a problem of `file`. A check ends at its first fault, because what follows it in a
   * damaged file means nothing.
   *
   * @returns whether it passed.
   */
  async check(file: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      if (!(error instanceof DatasetsError) || notOfTheData.has(error.code)) throw error;
      this.addError(file, error);
      return false;
    }
  }
}
