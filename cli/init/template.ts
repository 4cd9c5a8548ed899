/** The files of a new service by their path in its folder. */
export type Template = (name: string) => Readonly<Record<string, string>>;

export const gitIgnore = `.errand/
node_modules/
__pycache__/
`;

/** The manifest that all templates share; `source` says how the service runs. */
export function manifestText(name: string, source: object): string {
  const manifest = {
    $schema: 'https://errand.dev/schemas/service.json',
    name,
    version: '0.1.0-dev',
    title: titleOf(name),
    parameters: {
      type: 'object',
      properties: { name: { type: 'string', title: 'Who is greeted', default: 'World' } },
      additionalProperties: false,
    },
    result: {
      type: 'object',
      properties: { greeting: { type: 'string' } },
      required: ['greeting'],
    },
    source,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A README of ten lines. */
export function readme(
  name: string,
  { code, test }: { readonly code: string; readonly test: string },
): string {
  return `# ${titleOf(name)}

A service of [Errand](https://errand.dev). \`service.json\` describes it, and its code is in \`${code}\`.

- \`errand dev\` runs it on this machine, and runs each change as soon as you save it.
- \`curl -H "x-api-key: $(cat .errand/api-key)" -H 'prefer: wait=10' http://127.0.0.1:4510/v1/jobs --json '{"service":"${name}","parameters":{}}'\` runs a job.
- \`${test}\` runs the test.
- \`LambdaService\` and \`BatchService\` of \`errand/cdk\` deploy it with your own stack; \`errand services push\` then registers the
  version. Remove \`-dev\` from the version first: a version without it cannot change once a job has used it.
`;
}
