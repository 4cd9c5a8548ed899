import { join } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import { accessFile } from '../support/bus/bus-queue.ts';
import { receiveFromBus } from '../support/bus/bus-receiver.ts';
import { openStream } from '../support/local-service/event-stream.ts';
import { callApi } from '../support/local-service/local-errand.ts';
import { startReceiver } from '../support/webhooks/receiver.ts';

/** The ways to learn about the end of a job, in the order in which they are printed. */
export const ways = [
  'stream of the job',
  'long poll of the job',
  'stream of the event log',
  'long poll of the event log',
  'queue behind the bus',
  'webhook',
] as const;

export type Way = (typeof ways)[number];

/** The end of a job, as its event or the job reports it. */
interface End {
  readonly jobId: string;
  /** Epoch milliseconds. */
  readonly finishedAt: number;
}

/** Called with the end of a job when it arrives. */
export type Observe = (way: Way, end: End) => void;

const endType = 'errand.job.succeeded';
const logQuery = `type=${endType}`;

/** Follows a job in a stream and with long polls until it has ended. */
export async function followJob(api: ApiAccess, jobId: string, observe: Observe): Promise<void> {
  await Promise.all([streamJob(api, jobId, observe), pollJob(api, jobId, observe)]);
}

async function streamJob(api: ApiAccess, jobId: string, observe: Observe): Promise<void> {
  const { events } = await openStream(api, `/v1/jobs/${jobId}/events`);
  for await (const { event, data = '' } of events)
    if (event === endType) observe('stream of the job', endOf(JSON.parse(data)));
}

async function pollJob(api: ApiAccess, jobId: string, observe: Observe): Promise<void> {
  for (;;) {
    const { body } = await callApi(api, `/v1/jobs/${jobId}`, { headers: { prefer: 'wait=20' } });
    if (body.finishedAt === undefined) continue;
    return observe('long poll of the job', { jobId, finishedAt: Date.parse(body.finishedAt) });
  }
}

/** Follows the events of all jobs in the other ways, and returns a function that stops it. */
export async function followAllEvents(
  api: ApiAccess,
  { dataDirectory, observe }: { readonly dataDirectory: string; readonly observe: Observe },
): Promise<() => Promise<void>> {
  const stopped = new AbortController();
  const receiver = await startReceiver(({ body }) => {
    observe('webhook', endOf(JSON.parse(body)));
    return { status: 204 };
  });
  const states = ['succeeded'];
  const created = await callApi(api, '/v1/webhooks', { body: { url: receiver.url, states } });
  if (created.status !== 201) throw new Error(`${created.status}: ${JSON.stringify(created.body)}`);
  const bus = receiveFromBus(join(dataDirectory, accessFile), (event) => {
    if (event.type === endType) observe('queue behind the bus', endOf(event));
  });
  const { body } = await callApi(api, '/v1/events?after=now');
  const logs = [
    streamLog(api, { position: body.position, observe, signal: stopped.signal }),
    pollLog(api, { position: body.position, observe, signal: stopped.signal }),
  ];
  return async () => {
    stopped.abort();
    await Promise.all([bus.stop(), ...logs]);
    await receiver.stop();
  };
}

interface LogClient {
  readonly position: string;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

/** The server closes a stream after a minute; the client reconnects with its last position. */
async function streamLog(api: ApiAccess, { position, observe, signal }: LogClient): Promise<void> {
  for (let last = position; !signal.aborted; ) {
    const stream = await openStream(api, `/v1/events?${logQuery}`, last);
    signal.addEventListener('abort', stream.leave);
    try {
      for await (const { id, event, data = '' } of stream.events) {
        last = id ?? last;
        if (event === endType) observe('stream of the event log', endOf(JSON.parse(data)));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

async function pollLog(api: ApiAccess, { position, observe, signal }: LogClient): Promise<void> {
  for (let after = position; !signal.aborted; ) {
    const path = `/v1/events?${logQuery}&after=${encodeURIComponent(after)}`;
    const { body } = await callApi(api, path, { headers: { prefer: 'wait=5' } });
    for (const event of body.items) observe('long poll of the event log', endOf(event));
    after = body.position;
  }
}

function endOf({ data, time }: JobEvent): End {
  return { jobId: data.jobId, finishedAt: Date.parse(time) };
}
