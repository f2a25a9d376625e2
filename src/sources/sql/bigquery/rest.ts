import type { BigQuery } from '@google-cloud/bigquery';
import type { z } from 'zod';
import type { BigQuerySettings } from '../../../core/config/index.js';
import { DatasetsError } from '../../../core/errors/index.js';
import {
  credentialsFailure,
  credentialsReason,
  type RepeatSettings,
  RequestFailure,
  repeat,
  requestFailure,
} from '../../../storage/index.js';
import { loadClient } from './load-client.js';

/** One request of the REST API (https://cloud.google.com/bigquery/docs/reference/rest). */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  /** Below the project. */
  readonly path: string;
  /** Default: the project that runs the queries. */
  readonly project?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: object;
}

export const patience: RepeatSettings = {
  maxAttempts: 8,
  maxConnectionAttempts: 4,
  firstDelayMilliseconds: 250,
  maxDelayMilliseconds: 20_000,
};

/** Sends requests through Google's client, and repeats those that may succeed later. */
export class BigQueryRest {
  /** The project that runs the queries and pays for them. */
  readonly project: string;
  readonly #client: BigQuery;

  private constructor(client: BigQuery, project: string) {
    this.#client = client;
    this.project = project;
  }

  /** @throws DatasetsError PEER_MISSING; CONFIG_INVALID where no project is known. */
  static async open({ project }: BigQuerySettings): Promise<BigQueryRest> {
    const client = await loadClient(project);
    return new BigQueryRest(client, project ?? (await projectOf(client)));
  }

  /** @throws RequestFailure */
  call<T>(request: RestRequest, resource: z.ZodType<T>): Promise<T> {
    return repeat(patience, async () => {
      const reply = await this.#send(request);
      const parsed = resource.safeParse(reply);
      if (parsed.success) return parsed.data;
      throw new RequestFailure(`BigQuery's answer to ${request.method} ${request.path} is not understood`, {
        reason: 'invalidReply',
        status: 200,
      });
    });
  }

  async #send({ method, path, project = this.project, query, json }: RestRequest): Promise<unknown> {
    try {
      await this.#client.authClient.getRequestHeaders();
    } catch (error) {
      throw credentialsFailure(error);
    }
    const options = {
      method,
      uri: path,
      projectId: project,
      ...(query !== undefined && { qs: { ...query } }),
      ...(json !== undefined && { json }),
    };
    return new Promise((resolve, reject) => {
      this.#client.request(options, (error, body) => {
        if (error) reject(requestFailure(error));
        else resolve(body);
      });
    });
  }
}

async function projectOf(client: BigQuery): Promise<string> {
  try {
    return await client.authClient.getProjectId();
  } catch (error) {
    const failure = credentialsFailure(error);
    if (failure.reason !== credentialsReason) throw failure;
    throw new DatasetsError('CONFIG_INVALID', 'SQL runs on BigQuery here, and no project is named', {
      hint: "Name the project that pays in ailab-datasets.config.ts: bigquery: { project: 'our-project', … }. Or run: gcloud auth application-default login",
      cause: failure,
      at: { field: 'bigquery.project' },
    });
  }
}
