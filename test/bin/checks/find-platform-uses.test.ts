import { expect, test } from 'vitest';
import { findPlatformUses, findUnixScripts } from '../../../bin/checks/platforms/find-platform-uses.ts';

const rulesIn = (source: string) => findPlatformUses('example.ts', source).map(({ rule }) => rule);

test.each([
  ["const root = new URL('..', import.meta.url).pathname;", 'file-url-path'],
  ["const file = new URL('a.json', import.meta.url);\nread(file.pathname);", 'file-url-path'],
  ["const { pathname } = new URL('..', import.meta.url);", 'file-url-path'],
  ["readFileSync('/proc/self/status')", 'system-path'],
  ["const none = '/dev/null';", 'system-path'],
  ['const script = `exec "$@" </dev/null`;', 'system-path'],
  ["spawnSync(shell, ['-c', 'exec /bin/sh'])", 'system-path'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
  ['const file = `${dataDirectory}/logs`;', 'joined-path'],
  ["const file = process.cwd() + '/logs';", 'joined-path'],
  ["directory.split('/')", 'joined-path'],
  ['writeFileSync(file, text, { mode: 0o600 })', 'permission'],
  ['chmodSync(file, mode)', 'permission'],
  ['process.getuid()', 'user'],
  ["process.env['HOME']", 'user'],
  ['spawn(program, [], { detached: true })', 'process-group'],
  ["child.kill('SIGTERM')", 'signal'],
  ['child.kill(name)', 'signal'],
  ['process.kill(pid, 0)', 'signal'],
  ['spawn(program, [], { shell: true })', 'shell-command'],
  ['execSync(command)', 'shell-command'],
  ["spawnSync('npm', ['pack'])", 'program'],
  ["if (process.platform === 'linux') watch();", 'platform'],
])('%s breaks the rule %s', (source, rule) => {
  expect(rulesIn(source)).toEqual([rule]);
});

test.each([
  'const root = join(import.meta.dirname, "..");',
  "const worker = new Worker(new URL('./entry.ts', import.meta.url));",
  "const { pathname } = new URL(request.url, 'http://localhost');",
  'const path = url.pathname;',
  '// reads /proc/self/status and calls chmod',
  "const route = '/v1/jobs';",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
  'const address = `${url}/v1/jobs`;',
  "const group = '/aws/batch/job';",
  "path.split('/')",
  'child.kill()',
  "child.kill('SIGKILL')",
  "database.exec('BEGIN')",
  'spawn(process.execPath, [program])',
])('%s is portable', (source) => {
  expect(rulesIn(source)).toEqual([]);
});

test('a use is reported once with its line and the start of its text', () => {
  expect(findPlatformUses('example.ts', '\n\nspawn(program, [], {\n  detached: true,\n});')).toEqual([
    { rule: 'process-group', line: 4, text: 'detached: true' },
  ]);
});

test('package scripts that only a Unix shell runs are reported', () => {
  const scripts = {
    clean: 'rm -rf dist',
    chained: 'npm run a && rm -rf dist',
    variable: 'CI=true npm test',
    quoted: "node -e 'start()'",
    start: 'exec node start.ts',
    test: 'vitest run --project units && npm run lint',
  };
  const manifest = JSON.stringify({ scripts }, null, 2);
  expect(findUnixScripts(manifest).map(({ line, text }) => [line, text])).toEqual([
    [3, 'rm -rf dist'],
    [4, 'npm run a && rm -rf dist'],
    [5, 'CI=true npm test'],
    [6, "node -e 'start()'"],
  ]);
});
