/** Writes a template's value as text: `Fn::Join` is joined, a reference becomes `<LogicalId>` or `<LogicalId.Attribute>`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null)
    throw new Error(`This is not text: ${JSON.stringify(value)}`);
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt']))
    return `<${value['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) {
    const [delimiter, parts] = value['Fn::Join'];
    return parts.map(textOf).join(delimiter);
  }
  // Bootstrapped names of the CDK contain account and region.
  if ('Fn::Sub' in value) return `<${/([a-z]+-assets)/.exec(String(value['Fn::Sub']))?.[1] ?? 'Fn::Sub'}>`;
  throw new Error(`This is not text: ${JSON.stringify(value)}`);
}

/** The same for one value or a list of them. */
export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(textOf);
}
