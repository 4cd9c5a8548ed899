import type { JsonRecord } from './json.ts';

/** What an intrinsic function may ask of the stack that it stands in. */
export interface TemplateScope {
  readonly stack: string;
  /** Answers `Ref`: pseudo parameter, parameter or resource. Throws for an unknown name. */
  ref(name: string): unknown;
  /** Answers `Fn::GetAtt`. Throws for an unknown resource or attribute. */
  attribute(logicalId: string, name: string): string;
  /** Whether a named condition of the template holds. Throws for an unknown name. */
  condition(name: string): boolean;
  /** The `Mappings` section. */
  readonly mappings: JsonRecord;
  /** A value that any stack of the assembly exports. Throws for an unknown name. */
  imported(name: string): unknown;
}

/** Stands for `AWS::NoValue`: the property or list member that holds it is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');
