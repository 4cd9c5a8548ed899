import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsRequest, Delivery, Resource } from '../../cloud.ts';
import { accountId, testRegion } from '../fixture/model-of.ts';

export function busResource(name: string): Resource {
  const arn = `arn:aws:events:${testRegion}:${accountId}:event-bus/${name}`;
  return {
    stack: 'Test',
    logicalId: name,
    type: 'AWS::Events::EventBus',
    ref: name,
    arn,
    properties: { Name: name },
  };
}

export function ruleArn(name: string, bus = 'default'): string {
  return `arn:aws:events:${testRegion}:${accountId}:rule/${bus === 'default' ? name : `${bus}/${name}`}`;
}

export function ruleResource(name: string, properties: Readonly<Record<string, unknown>>): Resource {
  const bus = typeof properties['EventBusName'] === 'string' ? properties['EventBusName'] : 'default';
  return {
    stack: 'Test',
    logicalId: name,
    type: 'AWS::Events::Rule',
    ref: bus === 'default' ? name : `${bus}|${name}`,
    arn: ruleArn(name, bus),
    properties: { Name: name, ...properties },
  };
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:${testRegion}:${accountId}:function:${name}`;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${testRegion}:${accountId}:${name}`;
}

/** A `Deliver` that records accepted deliveries; `refuse` may throw. */
export function recordingDeliver(refuse: (delivery: Delivery, call: number) => void = () => undefined) {
  const taken: Delivery[] = [];
  let calls = 0;
  const deliver = async (delivery: Delivery): Promise<void> => {
    calls += 1;
    refuse(delivery, calls);
    taken.push(delivery);
  };
  return { deliver, taken, calls: () => calls };
}

export function putEventsRequest(...entries: readonly object[]): AwsRequest {
  return {
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
    body: Buffer.from(JSON.stringify({ Entries: entries })),
    principal: { kind: 'operator' },
  };
}

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'errand-events-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
