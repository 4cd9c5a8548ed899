import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudModel } from '../../local/cloud.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import { consumedUnits } from './consumed-units.ts';
import { type JobCounts, tally } from './job-counts.ts';
import type { InvocationWatch } from './watch-invocations.ts';

/** Services are the user's compute; the reconciler runs on a schedule and does not check a job that ends in time. */
function isOrchestration(name: string): boolean {
  return !name.startsWith('errand-service-') && name !== 'errand-reconcile';
}

/**
 * Name and count of each invocation of our functions; a batch of a stream counts its records. Throws for a name that is not a
 * function.
 */
export function invocationsOf(
  invocations: InvocationWatch['invocations'],
  model: CloudModel,
): ReadonlyArray<readonly [string, number]> {
  const functions = model.ofType('AWS::Lambda::Function');
  return invocations
    .map(({ functionName, payload }) => {
      const found = functions.find(({ ref, arn }) => functionName === ref || functionName === arn);
      if (found === undefined) throw new Error(`${functionName} is not in the template`);
      const { Records: records } = JSON.parse(payload) as { Records?: readonly unknown[] }; // the format of a stream
      return [found.ref, records?.length ?? 1] as const;
    })
    .filter(([name]) => isOrchestration(name));
}

/** How many of the invocations are requests to the API; an authorizer's event has a type, and every request has a method. */
export function apiRequests(invocations: InvocationWatch['invocations']): number {
  return invocations.filter(({ payload }) => {
    // The format of API Gateway.
    const { httpMethod, type } = JSON.parse(payload) as { httpMethod?: string; type?: string };
    return httpMethod !== undefined && type === undefined;
  }).length;
}

/**
 * Whether a call reads which targets are congested, or in publish-events the webhooks of a tenant: a process does so every 5 s at
 * most, for all its work, so the call belongs to no job. It is the only query of these functions (docs/guides/cost.md states the
 * costs).
 */
function isByTheClock(who: string, action: string): boolean {
  return action === 'Query' && timedReaders.includes(who);
}

const timedReaders = ['errand-dispatch', 'errand-settle', 'errand-submit-batch', 'errand-publish-events'];

/** Without PutEvents: the number of calls depends on the batches of the stream; events are counted on the bus. */
export function callCounts(
  calls: readonly CallRecord[],
): Pick<JobCounts, 'calls' | 'writeUnits' | 'readUnits'> {
  const rows = calls.flatMap((call) => {
    const who = call.principal.kind === 'role' ? call.principal.sessionName : call.principal.kind;
    const name = `${who} ${call.service}:${call.action}`;
    const isCounted = isOrchestration(who) && !isByTheClock(who, call.action);
    return isCounted && call.action !== 'PutEvents' ? [{ name, units: consumedUnits(call) }] : [];
  });
  return {
    calls: tally(rows.map(({ name }) => [name, 1])),
    writeUnits: tally(rows.map(({ name, units }) => [name, units.write])),
    readUnits: tally(rows.map(({ name, units }) => [name, units.read])),
  };
}

/** EventBridge bills each started 64 KB. */
export function chunks(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 65_536);
}

/** Bytes that our functions have logged so far. */
export function logBytes(dataDirectory: string): number {
  const directory = join(dataDirectory, 'logs');
  const files = existsSync(directory) ? readdirSync(directory) : [];
  return files
    .filter((file) => isOrchestration(file.replace(/\.log$/, '')))
    .reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);
}

/**
 * Lambda logs START and REPORT unless the system log level is WARN
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
 */
export function logsPlatform(model: CloudModel, name: string): boolean {
  const found = model.ofType('AWS::Lambda::Function').find(({ ref }) => ref === name);
  const config = found?.properties['LoggingConfig'] as { SystemLogLevel?: string } | undefined; // type of CloudFormation
  return config?.SystemLogLevel !== 'WARN';
}

/** Megabytes of each function in the template. */
export function memory(model: CloudModel): Readonly<Record<string, number>> {
  const functions = model.ofType('AWS::Lambda::Function');
  return Object.fromEntries(functions.map(({ ref, properties }) => [ref, Number(properties['MemorySize'])]));
}
