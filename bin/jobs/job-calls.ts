import { randomUUID } from 'node:crypto';
import type { ApiAccess } from '../api-access.ts';
import { callApi } from '../data/call-api.ts';

/** What programs read of a job. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly code: string; readonly detail: string };
  /** The last report of the service. */
  readonly progress?: { readonly completion?: number; readonly message?: string };
  /** Data objects by output slot. */
  readonly outputs?: Readonly<
    Record<string, ReadonlyArray<{ readonly id: string; readonly name: string; readonly mediaType: string }>>
  >;
}

/** Submits a job once, however often the call has to be repeated. Throws an `ApiError` if it is refused. */
export async function submitJob(api: ApiAccess, submission: object): Promise<Job> {
  const call = { method: 'POST', path: '/v1/jobs', body: submission, idempotencyKey: randomUUID() } as const;
  return (await callApi(api, call)).body as Job; // as the contract defines it
}

export async function readJob(api: ApiAccess, id: string): Promise<Job> {
  const { body } = await callApi(api, { method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}` });
  return body as Job; // as the contract defines it
}

/** Reads the JSON result of a job that has succeeded. */
export async function readResult(api: ApiAccess, id: string): Promise<unknown> {
  return (await callApi(api, { method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}/result` })).body;
}
