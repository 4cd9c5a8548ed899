/** The values of its stack that an intrinsic function can use. */
export interface TemplateScope {
  readonly stack: string;
  /** Resolves `Ref` to a pseudo parameter, parameter or resource. Throws for an unknown name. */
  ref(name: string): unknown;
  /** Resolves `Fn::GetAtt`. Throws for an unknown resource or attribute. */
  attribute(logicalId: string, name: string): string;
}
