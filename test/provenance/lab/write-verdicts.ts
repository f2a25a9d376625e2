import { writeFile } from 'node:fs/promises';
import { verdictsFile, verdictsPage } from './verdicts-page.js';

await writeFile(verdictsFile, verdictsPage());
