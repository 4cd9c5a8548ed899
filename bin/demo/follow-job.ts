import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import type { ApiAccess } from '../api-access.ts';
import { progressBar, progressText } from '../terminal/progress-line.ts';
import type { Screen } from '../terminal/screen.ts';
import { showStatus } from '../terminal/show-status.ts';
import { readJobStream } from './read-job-stream.ts';

/** What the demo reads of a job. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly code: string; readonly detail: string };
}

/** A job that has ended, with all its events in order. */
export type EndedJob = Job & { readonly events: readonly JobEvent[] };

/**
 * Submits a job and shows its state and progress until it has ended: as a progress bar on a terminal, and
 * elsewhere as one line for each change.
 */
export async function followJob(api: ApiAccess, screen: Screen, submission: object): Promise<EndedJob> {
  const startedAt = performance.now();
  const { id } = await readJob(api, '', { method: 'POST', body: JSON.stringify(submission) });
  const events: JobEvent[] = [];
  let state = 'submitted';
  let completion: number | undefined;
  const line = () => {
    const text = progressText({ state, completion, elapsedMs: performance.now() - startedAt });
    return screen.isTerminal ? `  ${progressBar(completion ?? 0)}  ${text}` : `  ${text}`;
  };
  screen.print(screen.style('dim', `  job ${id}`));
  const status = showStatus(screen, line);
  try {
    for await (const { event, data } of readJobStream(api, id)) {
      if (event === 'progress') completion = completionOf(JSON.parse(data));
      else if (event.startsWith('errand.job.')) {
        events.push(JSON.parse(data) as JobEvent); // as the contract defines it
        state = event.slice('errand.job.'.length);
        if (state === 'succeeded') completion = 1;
      } else continue;
      status.update();
    }
  } finally {
    status.end();
  }
  if (screen.isTerminal) screen.print(screen.style(state === 'succeeded' ? 'green' : 'red', line()));
  return { ...(await readJob(api, `/${id}`)), events };
}

/** The `data` of a progress message, as the contract defines it. */
function completionOf({ progress }: { progress: { completion?: number } }): number | undefined {
  return progress.completion;
}

async function readJob(api: ApiAccess, path: string, request: RequestInit = {}): Promise<Job> {
  const response = await fetch(`${api.url}/v1/jobs${path}`, {
    ...request,
    headers: { 'x-api-key': api.apiKey, 'content-type': 'application/json' },
  });
  if (!response.ok)
    throw new Error(
      `${request.method ?? 'GET'} /v1/jobs${path} failed with status ${response.status}: ${await response.text()}`,
    );
  return (await response.json()) as Job; // as the contract defines it
}
