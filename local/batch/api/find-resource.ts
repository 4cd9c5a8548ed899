import type { CloudModel } from '../../cloud.ts';
import type { JobDefinition } from '../job-definition.ts';
import type { JobQueue } from '../job-queue.ts';
import { clientError } from './client-error.ts';

/** The queues and definitions that the operations use. */
export interface BatchResources {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  readonly queues: readonly JobQueue[];
  readonly definitions: ReadonlyMap<string, JobDefinition>;
}

/** Returns the ARN of a queue given by name or ARN, without checking that the queue exists. */
export function queueArn({ model }: BatchResources, nameOrArn: string): string {
  return toArn(model, 'job-queue', nameOrArn);
}

/** Returns the ARN of a job definition as it was named: without a revision if none was given. */
export function definitionArn({ model }: BatchResources, nameOrArn: string): string {
  return toArn(model, 'job-definition', nameOrArn);
}

/** Returns a queue. Throws `ClientException` for a queue that is not in the app. */
export function findQueue(resources: BatchResources, nameOrArn: string): JobQueue {
  const arn = queueArn(resources, nameOrArn);
  const queue = resources.queues.find((candidate) => candidate.arn === arn);
  if (queue === undefined) throw clientError(`Unable to find JobQueue ${nameOrArn}`);
  return queue;
}

/**
 * Returns a definition; without a revision, the latest one. Throws `ClientException` for a definition that is
 * not in the app.
 */
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
