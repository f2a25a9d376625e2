/** How a worker finds the builder again. User functions are never serialised: each worker imports the module and re-creates the graph. */
export interface BuilderReference {
  /** file: URL of the module. */
  readonly module: string;
  readonly name: string;
  /** As it is published: of a snapshot `20261121`, or `20261121.men`. */
  readonly config: string | undefined;
  readonly version: string;
  /** Folder of files fetched by hand, absolute. */
  readonly manualDirectory: string | undefined;
}
