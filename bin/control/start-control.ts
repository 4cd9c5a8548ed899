import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { asError } from '../../core/std/as-error.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { LiveServices } from '../../local/index.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import type { ActivityFeed } from './activity.ts';
import { removeControlFile, writeControlFile } from './control-file.ts';

/** What a control server needs of the running service. */
export interface ControlOptions {
  readonly live: LiveServices;
  readonly feed: ActivityFeed;
  readonly dataDirectory: string;
  readonly apiUrl: string;
}

const environment = z.record(z.string(), z.string());

/** Body of `PUT /functions/{name}`. */
const liveFunction = z.strictObject({
  runtime: z.string(),
  handler: z.string(),
  directory: z.string(),
  memoryMegabytes: z.int().positive(),
  timeoutSeconds: z.int().positive(),
  environment,
  reservedConcurrency: z.int().nonnegative().optional(),
});
export type FunctionBody = z.infer<typeof liveFunction>;

/** Body of `PUT /job-definitions/{name}`. */
const liveJobDefinition = z.strictObject({
  directory: z.string(),
  dockerfile: z.string(),
  environment,
  vcpus: z.number().positive(),
  memoryMegabytes: z.int().positive(),
});
export type JobDefinitionBody = z.infer<typeof liveJobDefinition>;

/**
 * Starts the server through which `errand dev` adds functions to a running local service and follows its activity. Every request needs
 * the token from the control file, which only the user of this machine can read. A response with status 400 contains a `message`.
 */
export async function startControl(options: ControlOptions): Promise<{ stop(): Promise<void> }> {
  const token = randomBytes(32).toString('base64url');
  const { server, url } = await startLoopbackServer({ port: 0 }, (incoming, outgoing) => {
    respond(incoming, outgoing, { ...options, token }).catch((error: unknown) =>
      reply(outgoing, 400, { message: asError(error).message }),
    );
  });
  const { dataDirectory, apiUrl } = options;
  writeControlFile(dataDirectory, { url, token, apiUrl, pid: process.pid });
  return {
    stop: async () => {
      removeControlFile(dataDirectory);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { live, feed, token, apiUrl }: ControlOptions & { readonly token: string },
): Promise<void> {
  if (!isEqual(incoming.headers.authorization ?? '', `Bearer ${token}`))
    return reply(outgoing, 401, { message: 'The token of the control file is required' });
  const [, kind = '', name = ''] = (incoming.url ?? '').split('/').map(decodeURIComponent);
  switch (`${incoming.method} ${kind}`) {
    case 'GET health':
      return reply(outgoing, 200, { apiUrl });
    case 'GET activity':
      return follow(feed, outgoing);
    case 'PUT functions':
      live.putFunction(omitUndefined({ name, ...liveFunction.parse(await body(incoming)) }));
      return reply(outgoing, 200, {});
    case 'PUT job-definitions':
      live.putJobDefinition({ name, ...liveJobDefinition.parse(await body(incoming)) });
      return reply(outgoing, 200, {});
    case 'DELETE services':
      live.remove(name);
      return reply(outgoing, 200, {});
    default:
      return reply(outgoing, 404, { message: `${incoming.method} ${incoming.url} does not exist` });
  }
}

/** Sends each activity as one line of JSON until the reader disconnects. */
function follow(feed: ActivityFeed, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' });
  outgoing.flushHeaders();
  const end = feed.subscribe((activity) => outgoing.write(`${JSON.stringify(activity)}\n`));
  outgoing.once('close', end);
}

async function body(incoming: IncomingMessage): Promise<unknown> {
  return JSON.parse(await text(incoming));
}

function reply(outgoing: ServerResponse, status: number, content: object): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

/** Compares digests, so that the time of the comparison does not depend on the text. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
