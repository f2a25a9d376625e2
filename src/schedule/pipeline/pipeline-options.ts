/** Who runs a team's merge pipeline. */
export const pipelineTargets = ['github-actions', 'cloud-build'] as const;
export type PipelineTarget = (typeof pipelineTargets)[number];

export interface EmitPipelineOptions {
  readonly target: PipelineTarget;
  /** Where the files go, absolute. Default: `.github/workflows`, or `deploy/cloud-build`, in the project. */
  readonly directory?: string;
  /** Names of the branches and of the registries that they publish to. Default: `develop` to `dev`, `main` to `prod`. */
  readonly developBranch?: string;
  readonly mainBranch?: string;
  readonly devRegistry?: string;
  readonly prodRegistry?: string;
  /** How many examples of each split a pull request builds. Default: 100. */
  readonly sampleExamples?: number;
  /** Where the image of the project is pushed to, without a tag. Default: no image is made. */
  readonly image?: string;
  /** Environment variables that hold secrets, by name. */
  readonly secrets?: readonly string[];
  /** GitHub Actions: who takes its tokens, at Google Cloud. */
  readonly workloadIdentityProvider?: string;
  /** The account of Google Cloud that publishes; of pull requests, which only read, another one. */
  readonly serviceAccount?: string;
  readonly readerAccount?: string;
  /** GitHub Actions: the label of runners of one's own. */
  readonly runsOn?: string;
}

/** Options with their defaults. */
export interface Pipeline extends EmitPipelineOptions {
  readonly developBranch: string;
  readonly mainBranch: string;
  readonly devRegistry: string;
  readonly prodRegistry: string;
  readonly sampleExamples: number;
  readonly secrets: readonly string[];
  /** Flags that `docker build` needs. */
  readonly buildFlags: readonly string[];
  /** Which command writes the files. */
  readonly command: string;
}
