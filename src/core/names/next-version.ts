import { parseVersion, type Version, versionNumbers } from './version.js';

/** tfds' levels. PATCH: clients read the same; MINOR: existing data is the same, and features are added; MAJOR: existing data changes. */
export type BumpLevel = 'major' | 'minor' | 'patch';

/** The version that follows one by a bump: what is lower begins at 0 again. */
export function nextVersion(version: Version, level: BumpLevel): Version {
  const [major, minor, patch] = versionNumbers(version);
  switch (level) {
    case 'major':
      return parseVersion(`${major + 1}.0.0`);
    case 'minor':
      return parseVersion(`${major}.${minor + 1}.0`);
    case 'patch':
      return parseVersion(`${major}.${minor}.${patch + 1}`);
  }
}
