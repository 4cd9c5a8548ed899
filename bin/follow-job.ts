interface Api {
  readonly url: string;
  readonly apiKey: string;
}

interface Job {
  readonly id: string;
  readonly status: string;
  readonly finishedAt?: string;
  readonly error?: { readonly code: string; readonly detail: string };
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly sequence: string;
}

/** Submits a job and prints each state with the time since its first event, until the job has ended. */
export async function followJob(
  api: Api,
  submission: object,
): Promise<Job & { readonly events: readonly Event[] }> {
  let { job, etag } = await submit(api, submission);
  let events: readonly Event[] = [];
  console.log(`  job ${job.id}`);
  for (;;) {
    const known = events.length;
    events = await readEvents(api, job.id);
    for (const event of events.slice(known)) console.log(progressLine(event, events[0]));
    if (job.finishedAt !== undefined) return { ...job, events };
    ({ job, etag } = await nextState(api, job, etag));
  }
}

async function submit(api: Api, submission: object) {
  const response = await fetch(`${api.url}/v1/jobs`, {
    method: 'POST',
    headers: { 'x-api-key': api.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(submission),
  });
  return readJob(response);
}

/** Waits with a long poll until the job differs from the version with this ETag. */
async function nextState(api: Api, job: Job, etag: string) {
  const headers = { 'x-api-key': api.apiKey, 'if-none-match': etag, prefer: 'wait=20' };
  const response = await fetch(`${api.url}/v1/jobs/${job.id}`, { headers });
  return response.status === 304 ? { job, etag } : readJob(response);
}

async function readJob(response: Response) {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return { job: (await response.json()) as Job, etag: response.headers.get('etag') ?? '' };
}

async function readEvents(api: Api, jobId: string): Promise<readonly Event[]> {
  const response = await fetch(`${api.url}/v1/jobs/${jobId}/events`, {
    headers: { 'x-api-key': api.apiKey },
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { items: readonly Event[] }).items;
}

const steps = ['pending', 'scheduled', 'executing', 'ended'];

function progressLine(event: Event, first: Event | undefined): string {
  const state = event.type.replace('errand.job.', '');
  const step = steps.includes(state) ? steps.indexOf(state) : steps.length - 1;
  const bar = '#'.repeat(step * 8).padEnd((steps.length - 1) * 8, '.');
  const elapsedMs = Date.parse(event.time) - Date.parse(first?.time ?? event.time);
  return `  [${bar}] ${state.padEnd(10)} after ${elapsedMs} ms`;
}
