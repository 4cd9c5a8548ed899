import { createHash } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blocks, readDocument } from '../docs/markdown.ts';
import { startOwnErrand, type TestErrand } from '../support/local-service/local-errand.ts';
import { type PageServer, servePage } from './page-server.ts';
import { startChromium } from './start-chromium.ts';

/** The module that the guide shows piece by piece. */
const errandModule = blocks(readDocument('docs/guides/browser.md'))
  .filter(({ language }) => language === 'js')
  .map(({ text }) => text)
  .join('\n');
const csv = 'a,b\n1,2\n3,4\n';
const publicOrigin = 'https://console.example.com';

let browser: Browser;
let allowed: PageServer;
let other: PageServer;
let errand: TestErrand;
const contexts: BrowserContext[] = [];
beforeAll(async () => {
  [browser, allowed, other] = [
    await startChromium(),
    await servePage(errandModule),
    await servePage(errandModule),
  ];
  errand = await startOwnErrand({ corsOrigins: [allowed.origin, publicOrigin] });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await errand?.end();
  await allowed?.stop();
  await other?.stop();
});

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  contexts.push(context);
  return context;
}

/** A page with the module of the guide as `errand`, and the function that calls the API as `api`. */
async function openPage(origin = allowed.origin, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await newContext())).newPage();
  await page.goto(`${origin}/`);
  const connection = `${JSON.stringify(errand.url)}, ${JSON.stringify(errand.apiKey)}`;
  await page.evaluate(
    `import('/errand.js').then((errand) => Object.assign(globalThis, { errand, api: errand.connect(${connection}) }))`,
  );
  return page;
}

// The functions below run in the page: they see nothing of this file but their argument.
describe('a page of an allowed origin', () => {
  test('submits a job, and reads the documented headers of responses', async () => {
    const page = await openPage();
    const seen = await page.evaluate(async () => {
      const { api } = Object(globalThis);
      const body = { service: 'echo', parameters: { a: 1 } };
      const submitted: Response = await api('/v1/jobs', { method: 'POST', body });
      const { id } = Object(await submitted.json());
      await api('/v1/jobs', { method: 'POST', body });
      const job: Response = await api(`/v1/jobs/${id}`, { headers: { prefer: 'wait=20' } });
      const list: Response = await api('/v1/jobs?limit=1');
      const headers = (response: Response) => Object.fromEntries(response.headers);
      return {
        id,
        job: await job.json(),
        submitted: headers(submitted),
        read: headers(job),
        list: headers(list),
      };
    });
    expect(seen.job).toMatchObject({ id: seen.id, status: 'succeeded', result: { a: 1 } });
    expect(seen.submitted).toMatchObject({
      location: `${errand.url}/v1/jobs/${seen.id}`,
      'retry-after': expect.stringMatching(/^\d+$/),
      'x-request-id': expect.any(String),
      etag: expect.any(String),
    });
    expect(seen.read).toMatchObject({ etag: expect.any(String), 'preference-applied': 'wait=20' });
    expect(seen.list['link']).toMatch(/^<http:.*>; rel="next"$/);
  });

  test('reads why a request is rejected, with and without a valid key', async () => {
    const page = await openPage();
    const problems = await page.evaluate(async (url) => {
      const { api, errand } = Object(globalThis);
      const problemOf = async (call: Promise<unknown>) => {
        try {
          return await call;
        } catch (error) {
          return Object(error).problem;
        }
      };
      const unknown = errand.connect(url, 'a-key-that-does-not-exist');
      return [
        await problemOf(errand.submit(api, { service: 'no-such-service' })),
        await problemOf(unknown('/v1/me')),
      ];
    }, errand.url);
    expect(problems).toMatchObject([
      { status: 404, title: 'Service not found' },
      { status: 401, title: 'Valid credentials are required' },
    ]);
  });

  test('follows a job to its end, and continues after an event', async () => {
    const page = await openPage();
    const [all, rest] = await page.evaluate(async () => {
      const { api, errand } = Object(globalThis);
      const job = await errand.submit(api, { service: 'echo', parameters: { sleepSeconds: 1 } });
      const path = `/v1/jobs/${job.id}/events`;
      const kinds = async (events: AsyncIterable<{ id?: string; event: string }>) => {
        const found: string[] = [];
        for await (const { id, event } of events) if (event !== 'progress') found.push(`${id} ${event}`);
        return found;
      };
      return [await kinds(errand.follow(api, path)), await kinds(errand.follow(api, path, { after: '1' }))];
    });
    const ends = ['2 errand.job.executing', '3 errand.job.succeeded'];
    expect(all).toEqual(['undefined snapshot', '1 errand.job.pending', ...ends]);
    expect(rest).toEqual(ends);
  });

  test('follows all jobs of its tenant until it stops, while they run', async () => {
    const page = await openPage();
    const { ids, followed, hasEnded } = await page.evaluate(async () => {
      const { api, errand } = Object(globalThis);
      const { position } = await (await api('/v1/events?after=now')).json();
      const controller = new AbortController();
      const ended = new Set<string>();
      const following = (async () => {
        const events = errand.follow(api, `/v1/events?after=${position}`, { signal: controller.signal });
        for await (const { data } of events) {
          if (data.data.status === 'succeeded') ended.add(data.data.jobId);
          if (ended.size === 2) controller.abort();
        }
      })();
      const submit = () => errand.submit(api, { service: 'echo', parameters: {} });
      const ids = [(await submit()).id, (await submit()).id];
      await following;
      return { ids, followed: [...ended], hasEnded: controller.signal.aborted };
    });
    expect(hasEnded).toBe(true);
    expect(followed.toSorted()).toEqual(ids.toSorted());
  });

  test('profiles a file: uploads it, follows the job, and gets the result and an output', async () => {
    const page = await openPage();
    const seen = await page.evaluate(async (content) => {
      const { api, errand } = Object(globalThis);
      const states: string[] = [];
      const file = new File([content], 'größe.csv', { type: 'text/csv' });
      const { job, result } = await errand.profile(api, file, (state: string) => states.push(state));
      const picture = await (await api(`/v1/jobs/${job.id}/outputs/histograms?redirect=false`)).json();
      return { states, result, picture: await (await fetch(picture.url)).text() };
    }, csv);
    expect(seen.states).toEqual(['pending', 'executing', 'succeeded']);
    expect(seen.result).toMatchObject({ rows: 2, columns: [{ name: 'a' }, { name: 'b' }] });
    expect(seen.picture).toContain('<svg');
  });

  test('uploads content with a checksum, and reads the response of S3, also if it is refused', async () => {
    const page = await openPage();
    const sha256 = createHash('sha256').update(csv).digest('hex');
    const seen = await page.evaluate(
      async ([content, digest]) => {
        const { api } = Object(globalThis);
        const body = {
          name: 'a.csv',
          mediaType: 'text/csv',
          sizeBytes: content?.length ?? 0,
          sha256: digest,
        };
        const { id, upload } = await (await api('/v1/data', { method: 'POST', body })).json();
        const put = async (text = '') => {
          const { url: to, headers } = upload;
          const sent = await fetch(to, {
            method: 'PUT',
            headers,
            body: new Blob([text], { type: 'text/csv' }),
          });
          return { status: sent.status, etag: sent.headers.get('etag'), text: await sent.text() };
        };
        const puts = [await put(content?.replace('1', '9')), await put(content), await put(content)];
        await api(`/v1/data/${id}/complete`, { method: 'POST' });
        return { id, puts };
      },
      [csv, sha256],
    );
    const md5 = createHash('md5').update(csv).digest('hex');
    expect(seen.puts).toMatchObject([
      { status: 400, text: expect.stringContaining('BadDigest') },
      { status: 200, etag: `"${md5}"` },
      { status: 412, text: expect.stringContaining('PreconditionFailed') },
    ]);
    const { body } = await errand.call(`/v1/data/${seen.id}`);
    expect(body).toMatchObject({ status: 'available', checksum: { sha256 } });
  });

  test('uploads a large file in parts', async () => {
    const page = await openPage();
    const sizeBytes = 100_000_001;
    const data = await page.evaluate((size) => {
      const { api, errand } = Object(globalThis);
      const half = new Uint8Array(size / 2).fill(7);
      return errand.upload(api, new File([half, half, new Uint8Array([1])], 'large.bin'));
    }, sizeBytes);
    expect(data).toMatchObject({ name: 'large.bin', sizeBytes, status: 'available' });
    const content = await errand.call(`/v1/data/${data.id}/content`);
    const tail = await fetch(content.headers.get('location') ?? '', {
      headers: { range: `bytes=${sizeBytes - 2}-` },
    });
    expect([...new Uint8Array(await tail.arrayBuffer())]).toEqual([7, 1]);
  }, 120_000);

  test('downloads content, also a range of it, but not by following the redirect', async () => {
    const page = await openPage();
    const seen = await page.evaluate(async (content) => {
      const { api, errand } = Object(globalThis);
      const { id } = await errand.upload(api, new File([content], 'a.csv', { type: 'text/csv' }));
      const whole: Response = await errand.download(api, id);
      const range: Response = await errand.download(api, id, 'bytes=4-6');
      const redirected = await api(`/v1/data/${id}/content`).then(
        () => 'followed',
        (error: Error) => error.name,
      );
      return {
        redirected,
        whole: [whole.status, await whole.text()],
        range: [range.status, await range.text(), range.headers.get('content-range')],
      };
    }, csv);
    expect(seen).toEqual({
      redirected: 'TypeError',
      whole: [200, csv],
      range: [206, '1,2', `bytes 4-6/${csv.length}`],
    });
  });
});

describe('a page of another origin', () => {
  test('can neither call the API nor read or write content', async () => {
    const { body } = await errand.call('/v1/data', {
      body: { name: 'a.csv', mediaType: 'text/csv', sizeBytes: csv.length },
    });
    const put = { method: 'PUT', headers: body.upload.headers, body: csv };
    const page = await openPage(other.origin);
    const outcomes = await page.evaluate(
      async ({ url, upload, sent }) => {
        const { api } = Object(globalThis);
        const outcome = (call: Promise<unknown>) =>
          call.then(
            () => 'read',
            (error: Error) => error.name,
          );
        return {
          call: await outcome(api('/v1/me')),
          open: await outcome(fetch(`${url}/v1/health`)),
          upload: await outcome(fetch(upload, sent)),
        };
      },
      { url: errand.url, upload: body.upload.url, sent: put },
    );
    expect(outcomes).toEqual({ call: 'TypeError', open: 'TypeError', upload: 'TypeError' });
    const { url, headers } = body.upload;
    expect((await fetch(url, { method: 'PUT', headers, body: csv })).status).toBe(200);
    await errand.call(`/v1/data/${body.id}/complete`, { method: 'POST' });
    const { body: content } = await errand.call(`/v1/data/${body.id}/content?redirect=false`);
    const download = await page.evaluate(
      (from) =>
        fetch(from).then(
          () => 'read',
          (error: Error) => error.name,
        ),
      content.url,
    );
    expect(download).toBe('TypeError');
  });
});

test('a page from the internet reaches this machine if the person has permitted it', async () => {
  const context = await newContext();
  await context.route(`${publicOrigin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const response = await fetch(`${allowed.origin}${pathname}`);
    const contentType = response.headers.get('content-type') ?? '';
    await route.fulfill({ status: 200, contentType, body: await response.text() });
  });
  const refused = await (await openPage(publicOrigin, context)).evaluate(() =>
    Object(globalThis)
      .api('/v1/me')
      .then(
        () => 'read',
        (error: Error) => error.name,
      ),
  );
  expect(refused).toBe('TypeError');
  await context.grantPermissions(['local-network-access'], { origin: publicOrigin });
  const page = await openPage(publicOrigin, context);
  const read = await page.evaluate(async (content) => {
    const { api, errand } = Object(globalThis);
    const { id } = await errand.upload(api, new File([content], 'a.csv', { type: 'text/csv' }));
    return (await errand.download(api, id)).text();
  }, csv);
  expect(read).toBe(csv);
});
