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

/** Gathers what is wrong instead of stopping at the first. */
export class Problems {
  readonly list: VerifyProblem[] = [];

  add(file: string, message: string, offset?: number): void {
    this.list.push({ code: 'DATA_CORRUPT', file, offset, message });
  }

  addError(file: string, { code, at, message }: DatasetsError): void {
    this.list.push({ code, file, offset: at.offset, message });
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
      if (!(error instanceof DatasetsError) || error.code === 'INTERRUPTED') throw error;
      this.addError(file, error);
      return false;
    }
  }
}
