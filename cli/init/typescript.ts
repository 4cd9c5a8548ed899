import { gitIgnore, manifestText, readme, type Template } from './template.ts';

/** Node.js 22.18 and later run the test without a compiler: https://nodejs.org/api/typescript.html */
const test = 'npm test';

/** A service in TypeScript on Lambda. */
export const typescript: Template = (name) => ({
  ...nodeFiles(name, 'src/index.ts'),
  'src/index.ts': `import { defineService } from 'errand/worker';
import { greet } from './greet.ts';

export const handler = defineService(async ({ parameters }: { parameters: { name: string } }) => {
  console.log(\`greeting \${parameters.name}\`);
  return greet(parameters.name);
});
`,
  'src/greet.ts': `export function greet(name: string): { greeting: string } {
  return { greeting: \`Hello \${name}\` };
}
`,
  'test/greet.test.ts': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/greet.ts';

test('greets by name', () => {
  assert.deepEqual(greet('Ada'), { greeting: 'Hello Ada' });
});
`,
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true
  }
}
`,
});

/** A service in JavaScript on Lambda. */
export const javascript: Template = (name) => ({
  ...nodeFiles(name, 'src/index.js'),
  'src/index.js': `import { defineService } from 'errand/worker';
import { greet } from './greet.js';

export const handler = defineService(async ({ parameters }) => {
  console.log(\`greeting \${parameters.name}\`);
  return greet(parameters.name);
});
`,
  'src/greet.js': `export function greet(name) {
  return { greeting: \`Hello \${name}\` };
}
`,
  'test/greet.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/greet.js';

test('greets by name', () => {
  assert.deepEqual(greet('Ada'), { greeting: 'Hello Ada' });
});
`,
});

function nodeFiles(name: string, entry: string): Readonly<Record<string, string>> {
  const manifest = {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { test: 'node --test' },
  };
  return {
    'service.json': manifestText(name, { kind: 'lambda', entry }),
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'README.md': readme(name, { code: entry, test }),
    '.gitignore': gitIgnore,
  };
}
