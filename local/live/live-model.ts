import type { CloudModel, Resource } from '../cloud.ts';

/** A model whose live part changes while the runtime runs. */
export interface LiveModel extends CloudModel {
  /** Replaces the resources that an owner has added before. */
  setLive(owner: string, resources: readonly Resource[]): void;
}

/** Returns a view of the base model and the live resources, which are read anew by each call. */
export function liveModel(base: CloudModel): LiveModel {
  const live = new Map<string, readonly Resource[]>();
  const added = (): readonly Resource[] => [...live.values()].flat();
  return {
    ...base,
    get resources() {
      return [...base.resources, ...added()];
    },
    ofType: (type) => {
      const ofBase = base.ofType(type);
      return live.size === 0 ? ofBase : [...ofBase, ...added().filter((resource) => resource.type === type)];
    },
    byArn: (arn) => added().find((resource) => resource.arn === arn) ?? base.byArn(arn),
    setLive: (owner, resources) => {
      if (resources.length === 0) live.delete(owner);
      else live.set(owner, resources);
    },
  };
}
