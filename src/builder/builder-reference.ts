/** How a worker finds the builder again. User functions are never serialised: each worker imports the module and re-creates the graph. */
export interface BuilderReference {
  /** file: URL of the module. */
  readonly module: string;
  readonly name: string;
  /** The builder's own config, without the snapshot. */
  readonly config: string | undefined;
  /** The name of the snapshot that is built, of the period that the class declares. */
  readonly snapshot?: string | undefined;
  readonly version: string;
  /** Folder of files fetched by hand, absolute. */
  readonly manualDirectory: string | undefined;
}
