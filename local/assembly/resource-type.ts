/** What a resource type's identity is made from. */
export interface IdentitySource {
  readonly stack: string;
  readonly logicalId: string;
  readonly accountId: string;
  readonly region: string;
  /** A property of the resource as text, intrinsics resolved; undefined when it is absent. */
  text(property: string): string | undefined;
  /** Whether the template sets the property at all. */
  has(property: string): boolean;
}

/** How other resources name a resource. */
export interface ResourceIdentity {
  /** What `Ref` yields. */
  readonly ref: string;
  readonly arn?: string;
  /** What `Fn::GetAtt` yields by attribute name; `Arn` included where the type has it. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * All that the runtime knows of a CloudFormation type. Property paths are joined by dots, lists are
 * looked through, `*` is any one key and a last `**` is everything below.
 */
export interface ResourceType {
  readonly identity: (source: IdentitySource) => ResourceIdentity;
  /** Property paths that some part of the runtime carries out. */
  readonly honoured: readonly string[];
  /** Property paths, with all below them, that change nothing here, and why. */
  readonly inert: Readonly<Record<string, string>>;
  /** Why the whole type changes nothing here; its properties are then not looked at. */
  readonly inertAsWhole?: string;
}

/** Types of one service by CloudFormation name. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** The reason given for tags wherever a type has them. */
export const TAGS_ARE_INERT = { Tags: 'tags only label and bill' } as const;
