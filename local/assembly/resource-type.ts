import type { JsonRecord } from '../json.ts';

/** The input from which a resource type derives its identity. */
export interface IdentitySource {
  readonly stack: string;
  readonly logicalId: string;
  readonly accountId: string;
  readonly region: string;
  /** Returns a property as text with its intrinsics resolved; undefined if it is absent. */
  text(property: string): string | undefined;
  /** Reports whether the template sets the property. */
  has(property: string): boolean;
}

/** The values by which other resources refer to a resource. */
export interface ResourceIdentity {
  /** Value of `Ref`. */
  readonly ref: string;
  readonly arn?: string;
  /** Values of `Fn::GetAtt` by attribute name, including `Arn` if the type has it. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Describes what the runtime supports of a CloudFormation type. Property paths are joined by dots; lists are
 * transparent; `*` matches any one key, and a final `**` matches everything below.
 */
export interface ResourceType {
  readonly identity: (source: IdentitySource) => ResourceIdentity;
  /** Property paths that the runtime implements. */
  readonly honoured: readonly string[];
  /** Property paths that have no effect locally, including everything below them, with the reason. */
  readonly inert: Readonly<Record<string, string>>;
  /** Type as which the services treat the resource, if it is another one. */
  readonly treatedAs?: string;
  /** Throws an error that names the property for a value that the runtime does not support. */
  readonly check?: (properties: JsonRecord, region: string) => void;
  /** Reason why the whole type has no effect locally; its properties are then not checked. */
  readonly inertAsWhole?: string;
}

/** Resource types of one service by CloudFormation name. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** Reason why tags have no effect, for all types that have them. */
export const tagsAreInert = { Tags: 'tags are only labels, also for billing' } as const;
