import { setTimeout as sleep } from 'node:timers/promises';
import type { JobBody } from '../support/local-service/ended-job.ts';
import { type ApiResponse, type Call, callApi } from '../support/local-service/local-errand.ts';

/** The client of a service that may be down at any moment. */
export interface SoakClient {
  /**
   * Repeats a call until its response has one of these statuses: a service that is down or starting sends no response, or a 5xx.
   * Throws for any other response, and once the soak is over.
   */
  persist(path: string, call: Call, wanted: readonly number[]): Promise<ApiResponse>;
  call(path: string, call?: Call): Promise<ApiResponse>;
  /** All jobs and sub-jobs of the tenant, as lists show them. */
  allJobs(): Promise<readonly JobBody[]>;
}

export interface SoakAccess {
  readonly url: () => string;
  readonly apiKey: string;
  /** Aborted when the soak is over, so that no client continues to call a service that was stopped for good. */
  readonly over: AbortSignal;
}

export function soakClient({ url, apiKey, over }: SoakAccess): SoakClient {
  const call = (path: string, request?: Call) => callApi({ url: url(), apiKey }, path, request);
  const persist: SoakClient['persist'] = async (path, request, wanted) => {
    for (;;) {
      over.throwIfAborted();
      const response = await call(path, request).catch(() => undefined);
      if (response !== undefined && wanted.includes(response.status)) return response;
      if (response !== undefined && response.status < 500)
        throw new Error(`${path}: ${response.status} ${JSON.stringify(response.body)}`);
      await sleep(50);
    }
  };
  const allJobs = async () => {
    const items: JobBody[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await persist(`/v1/jobs?limit=500${cursor}`, {}, [200]);
      items.push(...body.items);
      if (body.nextCursor === undefined) return items;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
  };
  return { persist, call, allJobs };
}

/** Runs for the numbers from 0 on, several at a time; rejects with the first failure. */
export async function inParallel(count: number, run: (index: number) => Promise<void>): Promise<void> {
  const numbers = Array(count).keys();
  const worker = async () => {
    for (const number of numbers) await run(number);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const atOnce = 8;
