import { expect, test } from 'vitest';
import { Errand } from '../../client/index.ts';

const requestedAt = '2026-01-01T00:00:00.000Z';
const running = { id: 'a', name: 'a', status: 'executing', requestedAt, tags: [] };
const ended = { ...running, status: 'succeeded', finishedAt: requestedAt };
const noEvents = { items: [], position: 'end' };

/** A client whose API returns the JSON value, or the response, that the function gives for a path. */
function clientOf(answer: (path: string) => unknown) {
  const paths: string[] = [];
  const respond = async (url: string | URL | Request): Promise<Response> => {
    const path = new URL(String(url)).pathname;
    paths.push(path);
    const value = answer(path);
    return value instanceof Response ? value : Response.json(value);
  };
  return { errand: new Errand({ url: 'http://api.test', apiKey: 'key', fetch: respond }), paths };
}

test('a wait for many jobs pauses when the API does not wait, because all long polls are in use', async () => {
  const { errand, paths } = clientOf((path) => {
    if (path === '/v1/events') return noEvents;
    return path === '/v1/jobs' ? { items: [running] } : running;
  });
  const job = await errand.jobs.get('a');
  await expect(errand.waitAll([job], { timeoutSeconds: 0.3 })).rejects.toMatchObject({ name: 'WaitTimeout' });
  expect(paths.length).toBeLessThan(10);
});

test('a wait for many jobs ends when one was deleted', async () => {
  let reads = 0;
  const { errand } = clientOf((path) => {
    if (path === '/v1/events')
      return Response.json(noEvents, { headers: { 'preference-applied': 'wait=25' } });
    if (path === '/v1/jobs') return { items: [] };
    reads += 1;
    return reads === 1 ? running : Response.json({ type: '/problems/not-found' }, { status: 404 });
  });
  const job = await errand.jobs.get('a');
  await expect(errand.waitAll([job], { timeoutSeconds: 5 })).rejects.toMatchObject({ status: 404 });
});

test('a wait for many jobs updates every handle of a job', async () => {
  let reads = 0;
  const { errand } = clientOf((path) => {
    if (path === '/v1/events') return noEvents;
    if (path === '/v1/jobs') return { items: [ended] };
    reads += 1;
    return reads <= 2 ? running : ended;
  });
  const handles = [await errand.jobs.get('a'), await errand.jobs.get('a')];
  await errand.waitAll(handles);
  expect(handles.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
});

test('events are read from pages if the response is not a stream', async () => {
  const events = ['executing', 'succeeded'].map((status, index) => ({
    sequence: String(index + 1).padStart(10, '0'),
    type: `errand.job.${status}`,
    data: { status },
  }));
  const { errand } = clientOf((path) => (path.endsWith('/events') ? { items: events } : ended));
  const job = await errand.jobs.get('a');
  const signal = AbortSignal.timeout(10_000);
  expect(await Array.fromAsync(job.events({ signal }))).toEqual(events);
});
