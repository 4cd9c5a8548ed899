import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import type { ApiAccess } from '../api-access.ts';
import { progressBar, progressText } from '../terminal/progress-line.ts';
import type { Screen } from '../terminal/screen.ts';
import { showStatus } from '../terminal/show-status.ts';
import { type Job, readJob } from './job-calls.ts';
import { readJobStream } from './read-job-stream.ts';

/** A job that has ended, with all its events in order. */
export type EndedJob = Job & { readonly events: readonly JobEvent[] };

/** Settings of a display of a job. */
export interface FollowOptions {
  /** Ends the display, which then throws the reason of the signal. The job goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** The members of a progress message that are shown; see the contract. */
interface ProgressMessage {
  readonly progress: { readonly completion?: number; readonly message?: string };
}

/**
 * Shows the state and the progress of a job until it has ended: as a progress bar on a terminal, and elsewhere as one line for each
 * change.
 */
export async function followJob(
  api: ApiAccess,
  screen: Screen,
  { id, signal }: FollowOptions & Pick<Job, 'id'>,
): Promise<EndedJob> {
  const startedAt = performance.now();
  const events: JobEvent[] = [];
  let state = 'submitted';
  let progress: ProgressMessage['progress'] = {};
  const line = () => {
    const { completion, message } = progress;
    const text = progressText({ state, completion, elapsedMs: performance.now() - startedAt, message });
    return screen.isTerminal ? `  ${progressBar(completion ?? 0)}  ${text}` : `  ${text}`;
  };
  screen.print(screen.style('dim', `  job ${id}`));
  const status = showStatus(screen, line);
  let ended: Job;
  try {
    for await (const { event, data } of readJobStream(api, id, signal)) {
      if (event === 'progress')
        ({ progress } = JSON.parse(data) as ProgressMessage); // as the contract defines it
      else if (event.startsWith('errand.job.')) {
        events.push(JSON.parse(data) as JobEvent); // as the contract defines it
        state = event.slice('errand.job.'.length);
        if (state === 'succeeded') progress = { ...progress, completion: 1 };
      } else continue;
      status.update();
    }
    const job = await readJob(api, id);
    // The stream can end before the last report of a short job.
    if (job.progress?.message !== undefined && job.progress.message !== progress.message) {
      progress = { ...job.progress, ...progress, message: job.progress.message };
      status.update();
    }
    ended = job;
  } finally {
    status.end();
  }
  if (screen.isTerminal) screen.print(screen.style(state === 'succeeded' ? 'green' : 'red', line()));
  return { ...ended, events };
}
