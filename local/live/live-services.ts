import { readJobDefinition } from '../batch/job-definition.ts';
import type { Batch } from '../batch/start-batch.ts';
import type { Resource } from '../cloud.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import { readFunction } from '../lambda/function-config.ts';
import type { LocalLambda } from '../lambda/start-lambda.ts';
import type { LiveModel } from './live-model.ts';
import {
  functionResources,
  jobDefinitionResources,
  type LiveFunction,
  type LiveJobDefinition,
  liveStack,
} from './live-resources.ts';
import type { LiveStore, Stored } from './live-store.ts';

/** Functions and job definitions that are added, replaced and removed while the runtime runs. */
export interface LiveServices {
  /**
   * Adds a function or replaces the one with the same name: later calls run the new code, and calls that already run end with the
   * old one. Loads the function in advance. Throws if a stack has a function with this name, or if it cannot run locally.
   */
  putFunction(live: LiveFunction): void;
  /** Adds a job definition or replaces the one with the same name. Throws as `putFunction` does. */
  putJobDefinition(live: LiveJobDefinition): void;
  /** Removes the function or the job definition with this name; attempts that already run are not ended. */
  remove(name: string): void;
}

/** What live services are added to. */
export interface LiveContext {
  readonly model: LiveModel;
  readonly keys: AccessKeys;
  readonly lambda: LocalLambda;
  readonly batch: Batch;
  readonly store: LiveStore;
  /** Receives failures of a function that is loaded in advance. */
  readonly log: (line: string) => void;
}

/**
 * Adds the stored functions and job definitions to the model, before the services start and resume their work. Drops what another
 * version has stored and this one cannot run.
 */
export function restoreLive(model: LiveModel, store: LiveStore): void {
  for (const stored of store.read()) {
    const resources = resourcesOf(stored, model);
    const isTaken = resources.some(({ arn, type }) => model.ofType(type).some((each) => each.arn === arn));
    if (isTaken) continue;
    if (resources.every(runsHere)) model.setLive(stored.live.name, resources);
    else store.delete(stored.live.name);
  }
}

function runsHere(resource: Resource): boolean {
  try {
    if (resource.type === 'AWS::Lambda::Function') readFunction(resource);
    if (resource.type === 'AWS::Batch::JobDefinition') readJobDefinition(resource);
    return true;
  } catch {
    return false;
  }
}

function resourcesOf(stored: Stored, model: LiveModel): readonly Resource[] {
  return Object.values(
    stored.kind === 'function'
      ? functionResources(stored.live, model)
      : jobDefinitionResources(stored.live, model),
  );
}

export function liveServices({ model, keys, lambda, batch, store, log }: LiveContext): LiveServices {
  const arnOf = new Map(
    store.read().map((stored) => [stored.live.name, resourcesOf(stored, model)[1]?.arn ?? '']),
  );
  const own = (resource: Resource): void => {
    const taken = model.ofType(resource.type).find(({ arn }) => arn === resource.arn);
    if (taken !== undefined && taken.stack !== liveStack)
      throw new Error(
        `The stack ${taken.stack} already has ${resource.logicalId} (${resource.type}): choose another name`,
      );
  };
  return {
    putFunction: (live) => {
      const { role, lambda: resource } = functionResources(live, model);
      own(resource);
      keys.addFunction(resource);
      lambda.putFunction(resource);
      model.setLive(live.name, [role, resource]);
      arnOf.set(live.name, resource.arn ?? '');
      store.put({ kind: 'function', live });
      lambda.prewarm([live.name]).catch((error: unknown) => log(String(error)));
    },
    putJobDefinition: (live) => {
      const { role, definition } = jobDefinitionResources(live, model);
      own(definition);
      batch.putDefinition(definition);
      model.setLive(live.name, [role, definition]);
      arnOf.set(live.name, definition.arn ?? '');
      store.put({ kind: 'job-definition', live });
    },
    remove: (name) => {
      const arn = arnOf.get(name);
      if (arn === undefined) return;
      arnOf.delete(name);
      store.delete(name);
      model.setLive(name, []);
      if (arn.includes(':job-definition/')) batch.removeDefinition(arn);
      else lambda.removeFunction(name);
    },
  };
}
