import { DatasetsError } from '../core/errors/index.js';

export interface ExtractionLimits {
  /** Bytes that one archive becomes. */
  readonly maxExtractedBytes: number;
  /** How many times its own size an archive becomes, once that is more than 64 MiB. */
  readonly maxExtractionRatio: number;
}

/** Below this size nothing is a bomb, however well it was compressed. */
const harmlessBytes = 64 << 20;
/** What a member takes besides its content: millions of empty files fill a disk too. */
const memberBytes = 512;

/** Stops an archive that becomes larger than it may. */
export class ExtractionLimit {
  readonly #limits: ExtractionLimits;
  readonly #archive: string;
  readonly #archiveBytes: number;
  readonly #remedy: string | undefined;
  #taken = 0;

  /** @param remedy what to do if that much is meant, where it isn't the setting that is to be raised */
  constructor(limits: ExtractionLimits, archive: string, archiveBytes: number, remedy?: string) {
    this.#remedy = remedy;
    this.#limits = limits;
    this.#archive = archive;
    this.#archiveBytes = archiveBytes;
  }

  /** @throws DatasetsError LIMIT_EXCEEDED */
  takeMember(): void {
    this.take(memberBytes);
  }

  /**
   * Asks to write so many bytes more.
   *
   * @throws DatasetsError LIMIT_EXCEEDED
   */
  take(bytes: number): void {
    this.#taken += bytes;
    const { maxExtractedBytes, maxExtractionRatio } = this.#limits;
    if (this.#taken > maxExtractedBytes)
      throw this.#exceeded('maxExtractedBytes', `more than ${maxExtractedBytes} bytes`);
    if (this.#taken > harmlessBytes && this.#taken > maxExtractionRatio * this.#archiveBytes) {
      throw this.#exceeded(
        'maxExtractionRatio',
        `more than ${maxExtractionRatio} times its size of ${this.#archiveBytes} bytes`,
      );
    }
  }

  #exceeded(setting: keyof ExtractionLimits, what: string): DatasetsError {
    return new DatasetsError('LIMIT_EXCEEDED', `${this.#archive} becomes ${what}; nothing of it was kept`, {
      hint: `It may be a decompression bomb. ${this.#remedy ?? `Raise the setting ${setting}`} if that much is meant.`,
      at: { file: this.#archive },
    });
  }
}
