/** What a build of the image is given besides the project. */
export interface ImageInputs {
  /** Path of the Dockerfile, relative to the project's root, with `/`. */
  readonly dockerfile: string;
  readonly hasNpmrc: boolean;
  readonly needsSshKey: boolean;
}

/** Flags of `docker build` for one project. */
export function dockerBuildFlags({ dockerfile, hasNpmrc, needsSshKey }: ImageInputs): readonly string[] {
  return [
    ...(dockerfile === 'Dockerfile' ? [] : ['--file', dockerfile]),
    ...(hasNpmrc ? ['--secret', 'id=npmrc,src=.npmrc'] : []),
    ...(needsSshKey ? ['--ssh', 'default'] : []),
  ];
}

/** The secret of Secret Manager that holds a deploy key for git. */
const keySecret = 'ailab-datasets-git-key';

/**
 * A configuration of Google Cloud Build that builds the image and pushes it. A key for git lies in Secret Manager.
 *
 * The schema: https://cloud.google.com/build/docs/build-config-file-schema
 */
export function cloudBuild(inputs: ImageInputs): string {
  const flags = dockerBuildFlags(inputs).join(' ');
  const command = `docker build${flags === '' ? '' : ` ${flags}`} --tag "\${_IMAGE}" .`;
  return `# Builds the image of the workers: gcloud builds submit --config FILE --substitutions _IMAGE=REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME:TAG
# Written by: ailab-datasets container emit
steps:
  - id: image
    name: gcr.io/cloud-builders/docker
    env: [DOCKER_BUILDKIT=1]
${inputs.needsSshKey ? '    secretEnv: [GIT_SSH_KEY]\n' : ''}    entrypoint: bash
    args:
      - -ceu
      - |
${inputs.needsSshKey ? withKey : ''}        ${command}
images: ['\${_IMAGE}']
substitutions:
  _IMAGE: \${LOCATION}-docker.pkg.dev/\${PROJECT_ID}/ailab-datasets/workers:\${BUILD_ID}
options:
  dynamicSubstitutions: true
${inputs.needsSshKey ? secret : ''}timeout: 1800s
`;
}

/** What has one dollar sign is substituted by Cloud Build, what has two by the shell. */
const withKey = `        eval "$$(ssh-agent)"
        ssh-add - <<< "$$GIT_SSH_KEY"
`;

const secret = `availableSecrets:
  secretManager:
    - versionName: projects/\${PROJECT_ID}/secrets/${keySecret}/versions/latest
      env: GIT_SSH_KEY
`;
