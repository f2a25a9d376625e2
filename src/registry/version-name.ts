/** Which version: names as they stand in its path. */
export interface VersionName {
  readonly name: string;
  readonly config?: string | undefined;
  readonly version: string;
}
