import type { CloudModel } from '../../cloud.ts';
import type { JobDefinition } from '../job-definition.ts';
import type { JobQueue } from '../job-queue.ts';
import { clientError } from './client-error.ts';

/** What the operations look things up in. */
export interface BatchResources {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  readonly queues: readonly JobQueue[];
  readonly definitions: ReadonlyMap<string, JobDefinition>;
}

/** The ARN of a queue given by name or ARN; nothing is looked up. */
export function queueArn({ model }: BatchResources, nameOrArn: string): string {
  return toArn(model, 'job-queue', nameOrArn);
}

/** The ARN of a job definition as it was named: without a revision where none was given. */
export function definitionArn({ model }: BatchResources, nameOrArn: string): string {
  return toArn(model, 'job-definition', nameOrArn);
}

/** Throws `ClientException` for a queue that the app does not have. */
export function findQueue(resources: BatchResources, nameOrArn: string): JobQueue {
  const arn = queueArn(resources, nameOrArn);
  const queue = resources.queues.find((one) => one.arn === arn);
  if (queue === undefined) throw clientError(`Unable to find JobQueue ${nameOrArn}`);
  return queue;
}

/** Without a revision the latest one is meant. Throws `ClientException` for a definition that the app does not have. */
export function findDefinition(resources: BatchResources, nameOrArn: string): JobDefinition {
  const arn = definitionArn(resources, nameOrArn);
  const definition = resources.definitions.get(arn) ?? resources.definitions.get(`${arn}:1`);
  if (definition === undefined) throw clientError(`Unable to find JobDefinition ${nameOrArn}`);
  return definition;
}

function toArn(model: BatchResources['model'], kind: string, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `arn:aws:batch:${model.region}:${model.accountId}:${kind}/${nameOrArn}`;
}
