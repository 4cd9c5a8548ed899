import type { JsonRecord } from '../json.ts';

/** The values of its stack that an intrinsic function can use. */
export interface TemplateScope {
  readonly stack: string;
  /** Resolves `Ref` to a pseudo parameter, parameter or resource. Throws for an unknown name. */
  ref(name: string): unknown;
  /** Resolves `Fn::GetAtt`. Throws for an unknown resource or attribute. */
  attribute(logicalId: string, name: string): string;
  /** Evaluates a named condition of the template. Throws for an unknown name. */
  condition(name: string): boolean;
  /** The `Mappings` section. */
  readonly mappings: JsonRecord;
  /** Returns a value that any stack of the account exports. Throws for an unknown name. */
  imported(name: string): unknown;
  /** Returns the value of a stack's output. Throws for an unknown stack or output. */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** Represents `AWS::NoValue`: the property or list member with this value is omitted. */
export const noValue: unique symbol = Symbol('AWS::NoValue');
