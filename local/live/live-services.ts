import type { Batch } from '../batch/start-batch.ts';
import type { Resource } from '../cloud.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import type { LocalLambda } from '../lambda/start-lambda.ts';
import type { LiveModel } from './live-model.ts';
import {
  functionResources,
  jobDefinitionResources,
  type LiveFunction,
  type LiveJobDefinition,
  liveStack,
} from './live-resources.ts';

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
  /** Receives failures of a function that is loaded in advance. */
  readonly log: (line: string) => void;
}

export function liveServices({ model, keys, lambda, batch, log }: LiveContext): LiveServices {
  const names = new Map<string, string>();
  const own = (resource: Resource): void => {
    const taken = model.ofType(resource.type).find(({ arn }) => arn === resource.arn);
    if (taken !== undefined && taken.stack !== liveStack)
      throw new Error(
        `The stack ${taken.stack} already has a ${resource.type} named ${resource.logicalId}: choose another name`,
      );
  };
  return {
    putFunction: (live) => {
      const { role, lambda: resource } = functionResources(live, model);
      own(resource);
      keys.addFunction(resource);
      lambda.putFunction(resource);
      model.setLive(live.name, [role, resource]);
      names.set(live.name, resource.arn ?? live.name);
      lambda.prewarm([live.name]).catch((error: unknown) => log(String(error)));
    },
    putJobDefinition: (live) => {
      const { role, definition } = jobDefinitionResources(live, model);
      own(definition);
      batch.putDefinition(definition);
      model.setLive(live.name, [role, definition]);
      names.set(live.name, definition.arn ?? live.name);
    },
    remove: (name) => {
      const arn = names.get(name);
      if (arn === undefined) return;
      names.delete(name);
      model.setLive(name, []);
      if (arn.includes(':job-definition/')) batch.removeDefinition(arn);
      else lambda.removeFunction(name);
    },
  };
}
